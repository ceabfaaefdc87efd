#!/usr/bin/env bash
# A command line program on picocli opens every jar of its class path at each start, whatever the command does and wherever its own classes
# lie: picocli's factory asks once whether Groovy's closures are there (Class.forName), and a class that is nowhere is looked for
# everywhere. An archive of classes, which spares the jars of all classes that are found, does not help with one that is not.
# Of 50 jars this takes a sixth of a start of 0.3 s; a shorter class path for the commands that need little is what helps.
#
# Seen with picocli 4.7.7 and OpenJDK 17.0.15 (Debian): of 40 jars behind picocli's none is opened by a program that
# does the same without picocli, and all 40 by one with a single option.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
java -version 2>&1 | grep -q 'version "17\.' || { echo "not Java 17"; exit 1; }
command -v strace >/dev/null || { echo "needs strace"; exit 1; }
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
cat >Plain.java <<'JAVA'
class Plain {
    public static void main(final String[] arguments) {
        System.out.println("hello " + arguments[0].substring("--name=".length()));
    }
}
JAVA
javac --release 17 -cp picocli-4.7.7.jar -d classes Greets.java Plain.java
jar cf program.jar -C classes .
class_path=program.jar:picocli-4.7.7.jar
for ((i = 0; i < 40; i++)); do
    echo "$i" >text
    jar cf "other$i.jar" text
    class_path+=:other$i.jar
done

opened() { # CLASS: how many of the other jars it reads; Java's own look at their size and time opens none
    strace -f -qq -e trace=openat -o calls java -cp "$class_path" "$1" --name=you >/dev/null
    { grep -o 'other[0-9]*\.jar' calls || true; } | sort -u | wc -l
}

plain=$(opened Plain)
with_picocli=$(opened Greets)
echo "of 40 jars that the program does not need $plain are opened without picocli, $with_picocli with it"
((plain == 0 && with_picocli == 40)) || { echo "changed"; exit 1; }
