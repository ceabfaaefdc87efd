package io.larch.tools.backup;

import io.larch.tools.backup.BackupException.Kind;
import io.larch.tools.client.HttpReply;
import io.larch.tools.client.Json;
import io.larch.tools.client.PieceSink;
import io.larch.tools.client.SimpleHttpClient;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Saves the state of a running member. The file shows under its name only when it is whole, checked
 * and durable; until then it has {@code .part} behind it.
 */
public final class SnapshotDownload {
    /** Where a member gives its state. */
    public static final String PATH = "/admin/snapshot";

    /** A snapshot is taken first, which on a large member takes a while. */
    private static final Duration HEAD_TIMEOUT = Duration.ofMinutes(12);

    private static final Set<PosixFilePermission> PERMISSIONS =
            PosixFilePermissions.fromString("rw-------");

    private final SimpleHttpClient client;
    private final Path target;
    private final Path partial;
    private final BiConsumer<Long, Long> progress;

    /**
     * @param isForced whether a file of this name may be replaced.
     * @param progress told of each piece: bytes so far, and in all.
     * @throws BackupException if there is a file of this name, or no directory for it.
     */
    public SnapshotDownload(
            final SimpleHttpClient client,
            final Path target,
            final boolean isForced,
            final BiConsumer<Long, Long> progress)
            throws BackupException {
        this.client = client;
        this.target = target.toAbsolutePath();
        this.partial = this.target.resolveSibling(this.target.getFileName() + ".part");
        this.progress = progress;
        if (Files.isDirectory(this.target)) {
            throw new BackupException(Kind.FILES, target + ": is a directory");
        }
        if (Files.exists(this.target) && !isForced) {
            throw new BackupException(
                    Kind.FILES, target + ": there is such a file; --force replaces it");
        }
        if (!Files.isDirectory(this.target.getParent())) {
            throw new BackupException(Kind.FILES, this.target.getParent() + ": no such directory");
        }
    }

    /**
     * Saves the state.
     *
     * @param endpoint of a member.
     * @param headers of the request.
     * @throws BackupException when the member has answered, but there is no snapshot.
     * @throws IOException when nobody has answered.
     */
    public SnapshotSummary from(final String endpoint, final Map<String, String> headers)
            throws IOException {
        final Arrival arrival = new Arrival(endpoint);
        try {
            final HttpReply reply =
                    client.download(URI.create(endpoint + PATH), headers, HEAD_TIMEOUT, arrival);
            if (!arrival.hasBegun()) {
                throw refused(endpoint, reply);
            }
            arrival.complete();
            final SnapshotSummary summary = check();
            publish();
            return summary;
        } catch (final BackupException e) {
            throw e;
        } catch (final IOException e) {
            if (!arrival.hasBegun()) {
                throw e;
            }
            throw new BackupException(
                    Kind.NOT_SENT,
                    endpoint
                            + ": the connection ended after "
                            + arrival.received
                            + " of "
                            + arrival.length
                            + " bytes: "
                            + SimpleHttpClient.reason(e),
                    e);
        } finally {
            arrival.discard();
        }
    }

    private static BackupException refused(final String endpoint, final HttpReply reply) {
        if (reply.status() == 404) {
            return new BackupException(
                    Kind.NOT_SENT,
                    endpoint + ": gives no snapshots; it is no Larch, or an older one");
        }
        return new BackupException(
                Kind.NOT_SENT, endpoint + ": " + message(reply) + " [" + reply.status() + "]");
    }

    private static String message(final HttpReply reply) {
        try {
            return Json.text(Json.object(Json.parse(reply.body())).get("message"));
        } catch (final IOException e) {
            return "no snapshot";
        }
    }

    private SnapshotSummary check() throws BackupException {
        try {
            return SnapshotSummary.of(partial);
        } catch (final BackupException e) {
            throw new BackupException(
                    e.kind(), "what the member has sent is damaged: " + e.getMessage(), e);
        }
    }

    private void publish() throws BackupException {
        try {
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel directory = FileChannel.open(target.getParent())) {
                directory.force(true);
            }
        } catch (final IOException e) {
            throw BackupException.files(e);
        }
    }

    /** The file on its way. */
    private final class Arrival implements PieceSink {
        private final MessageDigest sha = SnapshotSummary.newSha256();
        private final String endpoint;
        private FileChannel file;
        private String digest;
        private volatile long length = -1;
        private volatile long received;

        Arrival(final String endpoint) {
            this.endpoint = endpoint;
        }

        boolean hasBegun() {
            return length >= 0;
        }

        @Override
        public void begin(final HttpReply head) throws IOException {
            digest = head.header("Repr-Digest");
            final long announced = head.headers().firstValueAsLong("Content-Length").orElse(-1);
            if (announced < 0 || !digest.startsWith("sha-256=:")) {
                throw new BackupException(
                        Kind.NOT_SENT, endpoint + ": what it sends is no snapshot of Larch");
            }
            length = announced;
            try {
                Files.deleteIfExists(partial);
                file =
                        FileChannel.open(
                                partial,
                                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                                PosixFilePermissions.asFileAttribute(PERMISSIONS));
            } catch (final IOException e) {
                throw BackupException.files(e);
            }
        }

        @Override
        public void write(final ByteBuffer piece) throws IOException {
            sha.update(piece.duplicate());
            received += piece.remaining();
            try {
                while (piece.hasRemaining()) {
                    file.write(piece);
                }
            } catch (final IOException e) {
                throw new BackupException(
                        Kind.FILES, partial + ": could not be written: " + e.getMessage(), e);
            }
            progress.accept(received, length);
        }

        /** All has come. */
        void complete() throws BackupException {
            final String actual =
                    "sha-256=:" + Base64.getEncoder().encodeToString(sha.digest()) + ':';
            if (received != length || !actual.equals(digest)) {
                throw new BackupException(
                        Kind.DAMAGED,
                        endpoint
                                + ": what has come is not what was sent: "
                                + received
                                + " of "
                                + length
                                + " bytes, digest "
                                + actual
                                + " instead of "
                                + digest);
            }
            try {
                file.force(true);
            } catch (final IOException e) {
                throw new BackupException(
                        Kind.FILES, partial + ": could not be written: " + e.getMessage(), e);
            }
        }

        /** Removes what has no name yet. */
        void discard() {
            if (file == null) {
                return;
            }
            try {
                file.close();
                Files.deleteIfExists(partial);
            } catch (final IOException e) {
                // It is replaced by the next attempt; what went wrong was told.
                return;
            }
        }
    }
}
