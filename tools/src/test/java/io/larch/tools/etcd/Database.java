package io.larch.tools.etcd;

import io.larch.tools.bolt.BoltPages;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedMap;

/** A database of an etcd 3 in the making. */
public final class Database {
    private final SortedMap<byte[], byte[]> keys = BoltPages.entries();
    private final SortedMap<byte[], byte[]> leases = BoltPages.entries();
    private final SortedMap<byte[], byte[]> alarms = BoltPages.entries();
    private final SortedMap<byte[], byte[]> auth = BoltPages.entries();
    private final SortedMap<byte[], byte[]> meta = BoltPages.entries();

    /** One that has all entries of the log up to an index. */
    public Database(final long index) {
        meta.put(bytes("consistent_index"), number(index));
    }

    static byte[] bytes(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] number(final long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(0, value).array();
    }

    private static byte[] revision(final long main, final long sub, final boolean isDeleted) {
        final ByteBuffer revision = ByteBuffer.allocate(isDeleted ? 18 : 17);
        revision.putLong(main).put((byte) '_').putLong(sub);
        return isDeleted ? revision.put((byte) 't').array() : revision.array();
    }

    /** A version of a key. */
    public Database put(
            final String key,
            final long created,
            final long modified,
            final long version,
            final String value,
            final long lease) {
        final Message kv =
                new Message()
                        .text(1, key)
                        .number(2, created)
                        .number(3, modified)
                        .number(4, version)
                        .text(5, value);
        keys.put(revision(modified, 0, false), (lease == 0 ? kv : kv.number(6, lease)).toBytes());
        return this;
    }

    Database delete(final String key, final long modified) {
        keys.put(revision(modified, 0, true), new Message().text(1, key).toBytes());
        return this;
    }

    /** A lease. */
    public Database lease(final long id, final long ttl) {
        leases.put(number(id), new Message().number(1, id).number(2, ttl).toBytes());
        return this;
    }

    Database compacted(final long revision) {
        meta.put(bytes("finishedCompactRev"), revision(revision, 0, false));
        return this;
    }

    Database alarm(final int kind) {
        alarms.put(new Message().number(1, 7).number(2, kind).toBytes(), new byte[0]);
        return this;
    }

    Database users() {
        auth.put(bytes("authEnabled"), new byte[] {1});
        return this;
    }

    byte[] toBytes() {
        return new BoltPages(4)
                .bucket("key", keys)
                .bucket("lease", leases)
                .inlineBucket("alarm", alarms)
                .inlineBucket("auth", auth)
                .inlineBucket("meta", meta)
                .toBytes();
    }

    /** Into a data directory, with a log that ends where it does. */
    public void writeWithLog(final Path directory, final long index) throws IOException {
        write(directory);
        final LogFile log = new LogFile().snapshot(0, 0);
        for (long i = 1; i <= index; i++) {
            log.entry(1, i, new byte[0]);
        }
        log.commit(index).write(directory, 0, 0);
    }

    /** Into a data directory, which is made if there is none. */
    public void write(final Path directory) throws IOException {
        final Path snapshots = directory.resolve("member/snap");
        Files.createDirectories(snapshots);
        Files.write(snapshots.resolve("db"), toBytes());
    }
}
