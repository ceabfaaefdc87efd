#!/usr/bin/env bash
# The first buffer that a program takes of Netty 4.2's default allocator starts the Java side of Java's flight recorder, though
# nobody records: the allocators of 4.2 ask their events whether they are enabled, and an event's class cannot be
# loaded without the recorder's own classes, some of which are spun at that moment. Who serves a first request with it pays for it
# there. -Dio.netty.jfr.enabled=false (which is true where it is not set) leaves nearly all of it out.
#
# Seen with netty-buffer 4.2.17.Final and OpenJDK 17.0.15 (Debian): 98 classes of the flight recorder beside 16, 1,340 of all kinds beside
# 1,109; the first buffer took 128 to 158 ms beside 13 on a slow machine (three runs).
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
java -version 2>&1 | grep -q 'version "17\.' || { echo "not Java 17"; exit 1; }
for artifact in netty-buffer netty-common; do
    mvn -q -B -Dstyle.color=never org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
        -Dartifact=io.netty:$artifact:4.2.17.Final -DoutputDirectory="$work"
done

cat >First.java <<'JAVA'
import io.netty.buffer.ByteBufAllocator;

class First {
    public static void main(final String[] arguments) {
        final ByteBufAllocator allocator = ByteBufAllocator.DEFAULT;
        final long beganNs = System.nanoTime();
        allocator.directBuffer(100).release();
        System.out.println("the first buffer took " + (System.nanoTime() - beganNs) / 1_000_000 + " ms");
    }
}
JAVA
class_path=netty-buffer-4.2.17.Final.jar:netty-common-4.2.17.Final.jar
javac -cp $class_path -d . First.java

try() { # OPTION...
    java -Xlog:class+load:file=loaded "$@" -cp $class_path:. First 2>/dev/null
    of_recorder=$(grep -c ' jdk\.jfr\.' loaded || true)
    all=$(wc -l <loaded)
    echo "    with${1:+ }${1:-out an option}: $of_recorder classes of the flight recorder, $all in all"
}

try
with=$of_recorder
try -Dio.netty.jfr.enabled=false
((with > 60 && of_recorder < 30)) || { echo "changed"; exit 1; }
