package io.larch.tools.backup;

import io.larch.engine.auth.AuthSummary;
import io.larch.engine.keys.KeysSummary;
import io.larch.engine.kv.KvSummary;
import io.larch.engine.member.MemberIds;
import io.larch.engine.snapshot.SnapshotConfig;
import io.larch.engine.snapshot.SnapshotException;
import io.larch.engine.snapshot.SnapshotFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * What is in a snapshot file, which was found whole.
 *
 * @param length of the file in bytes.
 * @param sha256 of the file, in hexadecimal.
 * @param index Raft's, of the last entry in it.
 * @param term of that entry.
 * @param clusterId as the API prints it.
 * @param members of the cluster that it is of.
 * @param storeIndex of the v2 API.
 * @param keys of the v2 API, without directories.
 * @param directories of the v2 API.
 * @param revision of the v3 API.
 * @param kvKeys of the v3 API, at that revision.
 * @param leases of the v3 API.
 * @param isAuthEnabled whether clients are asked who they are.
 */
public record SnapshotSummary(
        long length,
        String sha256,
        long index,
        long term,
        String clusterId,
        List<Member> members,
        long storeIndex,
        long keys,
        long directories,
        long revision,
        long kvKeys,
        long leases,
        int users,
        int roles,
        boolean isAuthEnabled) {
    private static final int BLOCK_BYTES = 256 << 10;

    /** One member of the cluster that it is of. */
    public record Member(String id, String name, List<String> peerUrls) {}

    /**
     * Reads a file to its end, twice.
     *
     * @throws BackupException if it cannot be read, or is not whole.
     */
    public static SnapshotSummary of(final Path path) throws BackupException {
        try (SnapshotFile file = open(path)) {
            KeysSummary keys = new KeysSummary(0, 0, 0);
            KvSummary kv = KvSummary.NONE;
            AuthSummary auth = AuthSummary.NONE;
            while (file.nextSection()) {
                switch (file.sectionName()) {
                    case "keys" -> keys = KeysSummary.read(file);
                    case "kv" -> kv = KvSummary.read(file);
                    case "auth" -> auth = AuthSummary.read(file);
                    default -> {
                        // Of a newer build: it is whole, and that is all that is known.
                    }
                }
            }
            return new SnapshotSummary(
                    file.length(),
                    sha256(file),
                    file.lastIndex(),
                    file.lastTerm(),
                    MemberIds.toHex(file.clusterId()),
                    members(file),
                    keys.storeIndex(),
                    keys.keys(),
                    keys.directories(),
                    kv.revision(),
                    kv.keys(),
                    kv.leases(),
                    auth.users(),
                    auth.roles(),
                    auth.isEnabled());
        } catch (final RuntimeException e) {
            throw damaged(path, e);
        }
    }

    /**
     * Opens a file that is whole.
     *
     * @throws BackupException if it cannot be read, or is not whole: then with its first bad
     *     offset.
     */
    static SnapshotFile open(final Path path) throws BackupException {
        if (!Files.isReadable(path) || Files.isDirectory(path)) {
            final String reason =
                    Files.isDirectory(path)
                            ? "is a directory"
                            : Files.exists(path) ? "permission denied" : "no such file";
            throw new BackupException(BackupException.Kind.FILES, path + ": " + reason);
        }
        try {
            return SnapshotFile.open(path);
        } catch (final SnapshotException e) {
            if (e.position() == SnapshotException.NOWHERE) {
                throw new BackupException(BackupException.Kind.FILES, e.getMessage(), e);
            }
            throw new BackupException(
                    BackupException.Kind.DAMAGED,
                    path + ": damaged at offset " + e.position() + ": " + e.getMessage(),
                    e);
        } catch (final IllegalStateException | IllegalArgumentException e) {
            throw damaged(path, e);
        }
    }

    private static BackupException damaged(final Path path, final RuntimeException cause) {
        return BackupException.of(
                BackupException.Kind.DAMAGED, path + ": " + cause.getMessage(), cause);
    }

    private static List<Member> members(final SnapshotFile file) {
        return SnapshotConfig.decodeCluster(file.config(), file.clusterId())
                .membership()
                .members()
                .stream()
                .map(
                        member ->
                                new Member(
                                        MemberIds.toHex(member.id()),
                                        member.name(),
                                        member.peerUrls()))
                .toList();
    }

    private static String sha256(final SnapshotFile file) {
        final MessageDigest digest = newSha256();
        final ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
        long at = 0;
        while (at < file.length()) {
            final int count = file.readBytes(at, block.clear());
            if (count < 0) {
                break;
            }
            digest.update(block.flip());
            at += count;
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
