#!/usr/bin/env bash
# In a changed root that is no mount point of its own, Files.getFileStore of a directory that can be
# read and written throws "Mount point not found": the JDK looks for the mount point among those that
# /proc/mounts tells of, and a changed root sees only those below it. File.getUsableSpace of the same
# directory asks the system about the path and answers. So who looks for free space before writing, as
# stores do, does not start under chroot; binding /usr, /proc and the like there does not help.
#
# Seen with OpenJDK 17.0.15 (Debian 12) and 21.0.13 (Debian 13), linux, amd64.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
java -version 2>&1 | grep -q 'version "17\.' || { echo "not Java 17"; exit 1; }
java=$(readlink -f "$(command -v java)")

cat >Space.java <<'JAVA'
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class Space {
    public static void main(final String[] args) throws IOException {
        final Path path = Path.of(args[0]);
        Files.writeString(path.resolve("file"), "written");
        System.out.println("File.getUsableSpace: " + (path.toFile().getUsableSpace() > 0 ? "some" : "none"));
        try {
            System.out.println("Files.getFileStore: " + (Files.getFileStore(path).getUsableSpace() > 0 ? "some" : "none"));
        } catch (final IOException e) {
            System.out.println("Files.getFileStore: " + e.getMessage());
        }
    }
}
JAVA
javac -d classes Space.java

mkdir data
plain=$(java -cp classes Space data)
changed=$(unshare --mount --map-root-user sh -c '
    for path in usr etc proc dev classes; do
        mkdir -p "root/$path"
    done
    for path in usr etc proc dev; do
        mount --rbind "/$path" "root/$path"
    done
    mount --bind classes root/classes
    ln -s usr/bin usr/lib usr/lib64 root/
    mkdir root/data
    chroot root "$0" -cp /classes Space /data' "$java")

printf 'as it is:\n%s\nin a changed root:\n%s\n' "$plain" "$changed"
[[ $plain == *"getUsableSpace: some"*"getFileStore: some"* &&
    $changed == *"getUsableSpace: some"*"getFileStore: Mount point not found"* ]] ||
    { echo "changed"; exit 1; }
