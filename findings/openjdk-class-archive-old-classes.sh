#!/usr/bin/env bash
# A program on picocli gains little from class data sharing, and which kind of archive takes its classes is not
# what the version of Java suggests. picocli is compiled for Java 5 (class files of version 49), which the JVM
# checks by the old verifier; such classes are left out of an archive with a warning among many. An archive made
# at exit (-XX:ArchiveClassesAtExit) by JDK 17 has none of them, not even interfaces and enumerations; a static one
# (-XX:DumpLoadedClassList, -Xshare:dump) by the same JDK has nearly all. JDK 25 has a fifth of them in
# both, and none in its new cache (-XX:AOTCacheOutput). The program's own class, of a new version, is in each.
#
# Seen with picocli 4.7.7: OpenJDK 17.0.15 (Debian) takes 0 of 160 loaded classes at exit and 157 to 160 by a dump;
# Temurin 25.0.3 takes 32 at exit, 33 or 34 by a dump, and 0 into an AOT cache.
#
# The second Java is looked for in JAVA_25_HOME; where it is not set, 17 alone is tried.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
java -version 2>&1 | grep -q 'version "17\.' || { echo "not Java 17"; exit 1; }
mvn -q -B -Dstyle.color=never org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
    -Dartifact=info.picocli:picocli:4.7.7 -DoutputDirectory="$work"

cat >Greets.java <<'JAVA'
import picocli.CommandLine;
import picocli.CommandLine.Option;

class Greets implements Runnable {
    @Option(names = "--name")
    private String name;

    @Override
    public void run() {
        System.out.println("hello " + name);
    }

    public static void main(final String[] arguments) {
        System.exit(new CommandLine(new Greets()).execute(arguments));
    }
}
JAVA
javac --release 17 -cp picocli-4.7.7.jar -d classes Greets.java
jar cf greets.jar -C classes .

count() { # JAVA OPTION: how many of picocli's loaded classes, and whether the program's, come out of the archive
    "$1" "$2" -Xlog:class+load:file=loaded -cp greets.jar:picocli-4.7.7.jar Greets --name=you >/dev/null 2>&1
    taken=$(grep -c ' picocli\..*source: shared objects file' loaded || true)
    all=$(grep -c ' picocli\.' loaded || true)
    own=$(grep -c ' Greets .*source: shared objects file' loaded || true)
}

try() { # JAVA
    "$1" -XX:ArchiveClassesAtExit=exit.jsa -cp greets.jar:picocli-4.7.7.jar Greets --name=you >/dev/null 2>&1
    count "$1" -XX:SharedArchiveFile=exit.jsa
    at_exit=$taken
    "$1" -Xshare:off -XX:DumpLoadedClassList=list -cp greets.jar:picocli-4.7.7.jar Greets --name=you >/dev/null 2>&1
    "$1" -Xshare:dump -XX:SharedClassListFile=list -XX:SharedArchiveFile=dump.jsa -cp greets.jar:picocli-4.7.7.jar >/dev/null 2>&1
    own_at_exit=$own
    count "$1" -XX:SharedArchiveFile=dump.jsa
    echo "$("$1" -version 2>&1 | head -n 1): of $all classes of picocli $at_exit in the archive made at exit, $taken in the static one"
    ((own == 1 && own_at_exit == 1 && all > 100)) || { echo "changed"; exit 1; }
}

try java
((at_exit == 0 && taken * 10 > all * 9)) || { echo "changed"; exit 1; }
if [ -n "${JAVA_25_HOME:-}" ]; then
    try "$JAVA_25_HOME/bin/java"
    ((at_exit > 0 && at_exit * 2 < all && taken * 2 < all)) || { echo "changed"; exit 1; }
    "$JAVA_25_HOME/bin/java" -XX:AOTCacheOutput=cache.aot -cp greets.jar:picocli-4.7.7.jar Greets --name=you >/dev/null 2>&1
    count "$JAVA_25_HOME/bin/java" -XX:AOTCache=cache.aot
    echo "    $taken in the AOT cache"
    ((own == 1 && taken == 0)) || { echo "changed"; exit 1; }
fi
