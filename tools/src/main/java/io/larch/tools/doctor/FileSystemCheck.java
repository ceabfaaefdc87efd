package io.larch.tools.doctor;

import io.larch.tools.flags.ServerConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Whether what holds the data is a disk of this machine. */
final class FileSystemCheck implements Check {
    private static final String NAME = "file system";
    private static final String MOUNTS = "/proc/self/mountinfo";
    private static final int MOUNT_POINT_FIELD = 4;

    @Override
    public List<Finding> look(final ServerConfig config, final Machine machine) {
        final Path directory = machine.existing(config.storage().dataDir());
        final Optional<String> kind =
                machine.read(MOUNTS).flatMap(mounts -> kindOf(directory, mounts));
        return List.of(
                kind.map(name -> judge(name, name + " at " + directory))
                        .orElseGet(() -> Finding.unknown(NAME, "no entry in " + MOUNTS)));
    }

    private static Finding judge(final String kind, final String figure) {
        if (kind.equals("tmpfs") || kind.equals("ramfs")) {
            return Finding.problem(
                    NAME, figure, "Put --data-dir on a disk: memory forgets all with the machine.");
        }
        if (kind.equals("overlay") || kind.equals("aufs")) {
            return Finding.warning(
                    NAME, figure, "Mount a volume at --data-dir: this goes with the container.");
        }
        if (kind.startsWith("nfs")
                || kind.startsWith("fuse")
                || List.of("cifs", "smb3", "9p", "ceph", "glusterfs").contains(kind)) {
            return Finding.warning(
                    NAME,
                    figure,
                    "Put --data-dir on a disk of this machine: over a network, syncs are slow and"
                            + " may promise too much.");
        }
        return Finding.ok(NAME, figure);
    }

    /** Of the last mount whose point is nearest: later ones hide those before. */
    static Optional<String> kindOf(final Path directory, final String mounts) {
        Path nearest = null;
        String kind = null;
        for (final String mount : mounts.lines().toList()) {
            final int separator = mount.indexOf(" - ");
            final String[] fields = mount.split(" ");
            if (separator < 0 || fields.length <= MOUNT_POINT_FIELD) {
                continue;
            }
            // The kernel writes blanks in octal.
            final Path point = Path.of(fields[MOUNT_POINT_FIELD].replace("\\040", " "));
            if (directory.startsWith(point)
                    && (nearest == null || point.getNameCount() >= nearest.getNameCount())) {
                nearest = point;
                kind = mount.substring(separator + 3).split(" ")[0];
            }
        }
        return Optional.ofNullable(kind);
    }
}
