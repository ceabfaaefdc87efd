#!/usr/bin/env bash
# A burst of timers that end in one tick makes Agrona's DeadlineTimerWheel allocate for all ticks: its spokes have one
# common length, which is doubled for every spoke as soon as one of them is full, and never goes back. With 1,024 ticks
# 10,000 timers take about 13 KB each when they end together, and nothing to speak of when they are spread; cancelling
# them gives nothing back. Time-outs that many callers set at the same moment for the same span are such a burst.
#
# Seen with org.agrona:agrona:2.6.0 and OpenJDK 17.0.15: 13,505 bytes a timer together, none spread.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mvn -q -B -Dstyle.color=never org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
    -Dartifact=org.agrona:agrona:2.6.0 -DoutputDirectory="$work"

cat >Burst.java <<'JAVA'
import java.util.concurrent.TimeUnit;
import org.agrona.DeadlineTimerWheel;

class Burst {
    private static final int TICKS = 1024;
    private static final int TIMERS = 10_000;

    public static void main(final String[] args) {
        System.out.println(bytesPerTimer(true) + " " + bytesPerTimer(false));
    }

    private static long bytesPerTimer(final boolean isSpread) {
        final long tick = 1L << 20;
        final DeadlineTimerWheel wheel = new DeadlineTimerWheel(TimeUnit.NANOSECONDS, 0, tick, TICKS);
        final long before = used();
        final long[] timers = new long[TIMERS];
        for (int i = 0; i < TIMERS; i++) {
            timers[i] = wheel.scheduleTimer(isSpread ? i % TICKS * tick : tick);
        }
        for (final long timer : timers) {
            wheel.cancelTimer(timer);
        }
        final long bytes = (used() - before) / TIMERS;
        if (wheel.timerCount() != 0) {
            throw new IllegalStateException();
        }
        return bytes;
    }

    private static long used() {
        System.gc();
        final Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
JAVA
javac -cp agrona-2.6.0.jar -d classes Burst.java
read -r spread together < <(java -Xmx1g -cp classes:agrona-2.6.0.jar Burst 2>/dev/null)
echo "bytes a timer, all cancelled again: $spread spread over the ticks, $together in one tick"
if [ "$spread" -gt 100 ] || [ "$together" -lt 5000 ]; then
    echo "this has changed"
    exit 1
fi
