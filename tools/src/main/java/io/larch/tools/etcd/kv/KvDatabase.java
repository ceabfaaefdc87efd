package io.larch.tools.etcd.kv;

import io.larch.engine.codec.kv.ProtoReader;
import io.larch.tools.bolt.BoltException;
import io.larch.tools.bolt.BoltFile;
import io.larch.tools.bolt.Bucket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The database of an etcd 3, {@code member/snap/db}. Of its buckets are read, numbers big endian:
 *
 * <pre>
 *   key     revision of 8 bytes, '_', sub revision of 8, 't' if deleted    mvccpb.KeyValue
 *   lease   id of 8 bytes                                                 leasepb.Lease
 *   meta    consistent_index: of the last entry of the log that is in it
 *           scheduledCompactRev, finishedCompactRev: revisions
 *   alarm   etcdserverpb.AlarmMember                                      nothing
 *   auth    authEnabled                                                   1
 * </pre>
 *
 * @param index consistent_index.
 * @param hasUsers whether there are users or roles.
 */
public record KvDatabase(KvStore store, KvReplay replay, long index, boolean hasUsers) {
    private static final int REVISION_BYTES = 17;

    /**
     * Reads one.
     *
     * @param told is told what was found amiss.
     * @throws BoltException if it is damaged.
     */
    public static KvDatabase read(final Path path, final Consumer<String> told) throws IOException {
        final BoltFile file = BoltFile.open(path, told);
        try {
            final Bucket root = file.root();
            final Reader reader = new Reader(file);
            reader.all(root.bucket("meta"), reader::meta);
            reader.all(root.bucket("lease"), reader::lease);
            reader.all(root.bucket("key"), reader::key);
            reader.all(root.bucket("alarm"), reader::alarm);
            reader.all(root.bucket("auth"), reader::auth);
            reader.all(root.bucket("authUsers"), reader::user);
            reader.all(root.bucket("authRoles"), reader::user);
            return new KvDatabase(reader.store, reader.replay, reader.index, reader.hasUsers);
        } catch (final IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /** Reads of one no more than {@link #index}. */
    public static long index(final Path path, final Consumer<String> told) throws IOException {
        try (BoltFile file = BoltFile.open(path, told)) {
            final Reader reader = new Reader(file);
            reader.all(file.root().bucket("meta"), reader::meta);
            return reader.index;
        }
    }

    /** What has been read so far. */
    private static final class Reader {
        private final BoltFile file;
        private final KvStore store;
        private final KvReplay replay;
        private final ProtoReader fields = new ProtoReader();
        private byte[] bytes = new byte[1 << 12];
        private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
        private long index;
        private boolean hasUsers;

        Reader(final BoltFile file) {
            this.file = file;
            store = new KvStore(file);
            replay = new KvReplay(store);
        }

        /** Takes an entry, whose value is in the buffer. */
        private interface Taker {
            void take(byte[] name, long position, int length, long page) throws BoltException;
        }

        void all(final Bucket bucket, final Taker taker) throws IOException {
            if (bucket == null) {
                return;
            }
            bucket.forEach(
                    new Bucket.Visitor() {
                        @Override
                        public void onEntry(
                                final byte[] name,
                                final long position,
                                final int length,
                                final long page)
                                throws IOException {
                            load(position, length);
                            taker.take(name, position, length, page);
                        }

                        @Override
                        public void onBucket(
                                final byte[] name, final Bucket nested, final long page)
                                throws IOException {
                            throw file.damaged(page, "a bucket where etcd has none");
                        }
                    });
        }

        private void load(final long position, final int length) throws IOException {
            if (bytes.length < length) {
                bytes = new byte[Math.max(length, 2 * bytes.length)];
                buffer.wrap(bytes);
            }
            file.read(position, bytes, length);
        }

        void meta(final byte[] name, final long position, final int length, final long page)
                throws BoltException {
            switch (new String(name, StandardCharsets.UTF_8)) {
                case "consistent_index" -> {
                    if (length != Long.BYTES || number(bytes, 0) < 0) {
                        throw file.damaged(page, "consistent_index is none");
                    }
                    index = number(bytes, 0);
                }
                case "scheduledCompactRev", "finishedCompactRev" -> {
                    if (length < REVISION_BYTES || number(bytes, 0) < 0) {
                        throw file.damaged(page, "no revision of a compaction");
                    }
                    store.loadCompacted(number(bytes, 0));
                }
                default -> {
                    // Of no meaning for keys.
                }
            }
        }

        void lease(final byte[] name, final long position, final int length, final long page)
                throws BoltException {
            long id = 0;
            long ttl = 0;
            fields.wrap(buffer, 0, length);
            while (fields.next()) {
                id = fields.field() == 1 ? fields.number() : id;
                ttl = fields.field() == 2 ? fields.number() : ttl;
            }
            if (fields.isBroken() || name.length != Long.BYTES || number(name, 0) != id) {
                throw file.damaged(page, "no lease, or that of another id");
            }
            store.grant(id, ttl);
        }

        void key(final byte[] name, final long position, final int length, final long page)
                throws BoltException {
            final boolean isDeleted = name.length == REVISION_BYTES + 1;
            if (name.length != REVISION_BYTES && !isDeleted
                    || name[Long.BYTES] != '_'
                    || isDeleted && name[REVISION_BYTES] != 't'
                    || number(name, 0) <= 0
                    || number(name, Long.BYTES + 1) < 0) {
                throw file.damaged(page, "no revision: " + HexFormat.of().formatHex(name));
            }
            final KvEntry entry = entry(number(name, Long.BYTES + 1), position, length);
            if (entry == null
                    || entry.key().length == 0
                    || !isDeleted && entry.modified() != number(name, 0)) {
                throw file.damaged(
                        page, "what is of revision %d is no key".formatted(number(name, 0)));
            }
            if (isDeleted) {
                store.unload(entry.key(), number(name, 0));
            } else {
                store.load(entry);
            }
        }

        /** Null: it is none. */
        private KvEntry entry(final long sub, final long position, final int length) {
            byte[] key = new byte[0];
            long created = 0;
            long modified = 0;
            long version = 0;
            long lease = 0;
            long at = 0;
            int count = 0;
            fields.wrap(buffer, 0, length);
            while (fields.next()) {
                if (fields.field() <= 6
                        && fields.is(ProtoReader.BYTES)
                                != (fields.field() == 1 || fields.field() == 5)) {
                    return null;
                }
                switch (fields.field()) {
                    case 1 ->
                            key =
                                    Arrays.copyOfRange(
                                            bytes,
                                            fields.offset(),
                                            fields.offset() + fields.length());
                    case 2 -> created = fields.number();
                    case 3 -> modified = fields.number();
                    case 4 -> version = fields.number();
                    case 5 -> {
                        at = position + fields.offset();
                        count = fields.length();
                    }
                    case 6 -> lease = fields.number();
                    default -> {
                        // Of a later etcd.
                    }
                }
            }
            return fields.isBroken()
                    ? null
                    : new KvEntry(key, created, modified, sub, version, lease, null, at, count);
        }

        void alarm(final byte[] name, final long position, final int length, final long page)
                throws BoltException {
            if (!replay.raise(new UnsafeBuffer(name), 0, name.length)) {
                throw file.damaged(page, "no alarm");
            }
        }

        void auth(final byte[] name, final long position, final int length, final long page) {
            if (new String(name, StandardCharsets.UTF_8).equals("authEnabled")
                    && length == 1
                    && bytes[0] == 1) {
                store.guard();
                hasUsers = true;
            }
        }

        void user(final byte[] name, final long position, final int length, final long page) {
            hasUsers = true;
        }

        private static long number(final byte[] source, final int offset) {
            return ByteBuffer.wrap(source).getLong(offset);
        }
    }
}
