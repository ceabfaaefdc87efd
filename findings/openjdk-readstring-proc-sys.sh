#!/usr/bin/env bash
# Files.readString of a setting below /proc/sys returns its first digit: 4 for net.core.rmem_max =
# 4194304, and no error. Such files say that they are empty, so the JDK begins with a buffer of nothing
# and reads a single byte to see whether there is more; the kernel gives a number to the first read
# only and calls whatever follows the end. Files.readAllBytes does the same. Files.readAllLines and
# FileInputStream.readNBytes read thousands of bytes at once and get all.
#
# Seen with OpenJDK 17.0.15 (Debian 12), Linux 6.18, amd64.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
java -version 2>&1 | grep -q 'version "17\.' || { echo "not Java 17"; exit 1; }

cat >Setting.java <<'JAVA'
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class Setting {
    public static void main(final String[] args) throws IOException {
        final Path path = Path.of("/proc/sys/kernel/pid_max");
        System.out.println("Files.readString: " + Files.readString(path).strip());
        System.out.println("Files.readAllLines: " + Files.readAllLines(path).get(0));
    }
}
JAVA
javac -d classes Setting.java

all=$(cat /proc/sys/kernel/pid_max)
seen=$(java -cp classes Setting)
printf '%s\n' "$seen"
[[ $seen == "Files.readString: ${all:0:1}"$'\n'"Files.readAllLines: $all" ]] || { echo "changed"; exit 1; }
