#!/usr/bin/env bash
# A Java program whose wall clock alone is set by libfaketime does not wait any more: each timed wait ends
# at once, so that what sleeps between two looks spins. FAKETIME_DONT_FAKE_MONOTONIC=1, which should keep
# timed waits out of it since the JVM bounds them by the monotonic clock, is not enough: the library
# still rewrites the deadlines of such waits of glibc, as if they were by the faked clock. With
# FAKETIME_FORCE_MONOTONIC_FIX=0 beside it the wall clock is set and waits last as long as they should.
# Thread.sleep waits properly in each case, so a quick look with it shows nothing.
#
# Seen with Debian's libfaketime 0.9.10-2.1 and OpenJDK 17 (linux, amd64).
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq download libfaketime=0.9.10-2.1 >/dev/null 2>&1
dpkg -x libfaketime_*.deb root
library=$(echo "$work"/root/usr/lib/*/faketime/libfaketime.so.1)
java -version 2>&1 | grep -q 'version "17\.' || { echo "not Java 17"; exit 1; }

cat >Waits.java <<'JAVA'
import java.util.concurrent.locks.LockSupport;

class Waits {
    public static void main(final String[] args) throws InterruptedException {
        final long half = 500_000_000L;
        final long ahead = (System.currentTimeMillis() / 1000 - Long.parseLong(args[0]) + 60) / 3600;
        long start = System.nanoTime();
        LockSupport.parkNanos(half);
        final boolean parked = System.nanoTime() - start >= half * 9 / 10;
        start = System.nanoTime();
        synchronized (Waits.class) {
            Waits.class.wait(500);
        }
        final boolean waited = System.nanoTime() - start >= half * 9 / 10;
        start = System.nanoTime();
        Thread.sleep(500);
        final boolean slept = System.nanoTime() - start >= half * 9 / 10;
        System.out.printf("%d h ahead, parkNanos %s, wait %s, sleep %s%n", ahead, parked, waited, slept);
    }
}
JAVA
javac Waits.java

try() {
    env LD_PRELOAD="$library" FAKETIME=+2h FAKETIME_DONT_FAKE_MONOTONIC=1 "$@" \
        java -cp . Waits "$(date +%s)"
}

plain=$(java -cp . Waits "$(date +%s)")
faked=$(try)
fixed=$(try FAKETIME_FORCE_MONOTONIC_FIX=0)
echo "without it                         -> $plain"
echo "FAKETIME_DONT_FAKE_MONOTONIC=1     -> $faked"
echo "and FAKETIME_FORCE_MONOTONIC_FIX=0 -> $fixed"
[[ $plain == "0 h ahead, parkNanos true, wait true, sleep true" &&
    $faked == "2 h ahead, parkNanos false, wait false, sleep "* &&
    $fixed == "2 h ahead, parkNanos true, wait true, sleep true" ]] || { echo "changed"; exit 1; }
