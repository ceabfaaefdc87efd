package io.larch.tools.etcd;

import io.larch.engine.codec.kv.ProtoReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32C;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What a file {@code member/snap/TERM-INDEX.snap} has, both in 16 hexadecimal digits: two messages
 * of protobuf around the store's JSON.
 *
 * <pre>
 *   snappb.Snapshot   1: CRC-32C of 2, not 0    2: bytes of
 *   raftpb.Snapshot   1: JSON                   2: metadata of   1: ConfState   2: index   3: term
 * </pre>
 *
 * @param index of the last entry of the log that is in it.
 * @param term of that entry.
 */
record SnapshotFile(Path file, long index, long term, byte[] bytes, int offset, int length) {
    private static final String NAMES = "[0-9a-f]*-[0-9a-f]*.snap";

    /** The names there are, newest first. */
    static List<Path> list(final Path directory) throws IOException {
        final List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, NAMES)) {
            found.forEach(files::add);
        }
        files.sort(Comparator.<Path, String>comparing(p -> p.getFileName().toString()).reversed());
        return files;
    }

    /**
     * Reads and checks one.
     *
     * @throws EtcdFilesException if it is damaged.
     */
    static SnapshotFile read(final Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw damaged(file, "is no file");
        }
        final byte[] bytes = Files.readAllBytes(file);
        final ProtoReader outer = new ProtoReader().wrap(new UnsafeBuffer(bytes), 0, bytes.length);
        final ProtoReader inner = new ProtoReader();
        final CRC32C sum = new CRC32C();
        long checksum = 0;
        boolean hasData = false;
        while (outer.next()) {
            if (outer.field() == 1) {
                checksum = outer.number();
            } else if (outer.field() == 2 && !hasData) {
                inner.wrap(outer);
                sum.update(bytes, outer.offset(), outer.length());
                hasData = outer.length() > 0;
            }
        }
        if (outer.isBroken() || !hasData || checksum == 0) {
            throw damaged(file, "is not whole");
        }
        if (sum.getValue() != checksum) {
            throw damaged(
                    file,
                    "has the checksum %08x, and its content %08x"
                            .formatted(checksum, sum.getValue()));
        }
        return content(file, bytes, inner);
    }

    private static SnapshotFile content(
            final Path file, final byte[] bytes, final ProtoReader snapshot)
            throws EtcdFilesException {
        final ProtoReader metadata = new ProtoReader();
        int offset = 0;
        int length = 0;
        long index = 0;
        long term = 0;
        while (snapshot.next()) {
            if (snapshot.field() == 1) {
                offset = snapshot.offset();
                length = snapshot.length();
            } else if (snapshot.field() == 2 && snapshot.is(ProtoReader.BYTES)) {
                metadata.wrap(snapshot);
                while (metadata.next()) {
                    index = metadata.field() == 2 ? metadata.number() : index;
                    term = metadata.field() == 3 ? metadata.number() : term;
                }
            }
        }
        if (snapshot.isBroken() || metadata.isBroken() || index == 0 || length == 0) {
            throw damaged(file, "has no store of keys");
        }
        return new SnapshotFile(file, index, term, bytes, offset, length);
    }

    /**
     * The keys.
     *
     * @throws EtcdFilesException if it is damaged.
     */
    StoredTree tree() throws IOException {
        final InputStream json = new ByteArrayInputStream(bytes, offset, length);
        try {
            return SnapshotJson.read(json);
        } catch (final EtcdFilesException e) {
            throw e;
        } catch (final IOException e) {
            throw damaged(file, "has no store of keys: " + e.getMessage());
        }
    }

    private static EtcdFilesException damaged(final Path file, final String what) {
        return EtcdFilesException.damaged(file + " " + what);
    }
}
