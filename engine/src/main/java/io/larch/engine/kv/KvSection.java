package io.larch.engine.kv;

import io.larch.engine.application.SnapshotSection;
import io.larch.engine.application.StateSink;
import io.larch.engine.application.StateSource;
import io.larch.engine.kv.AlarmTable.Alarm;
import io.larch.engine.lease.Lease;
import io.larch.engine.lease.LeaseTable;
import io.larch.engine.mvcc.KeyRange;
import io.larch.engine.mvcc.KeyVersion;
import io.larch.engine.mvcc.MvccStore;
import io.larch.engine.mvcc.RangeCursor;
import io.larch.engine.mvcc.Step;
import io.larch.engine.mvcc.StoreExport;
import io.larch.engine.mvcc.StoreImport;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.Supplier;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;

/**
 * The v3 API in a snapshot: one record of the whole, one of each alarm and each lease, then the
 * store's own. Which keys hang on which leases follows from the keys. Little endian.
 *
 * <pre>
 *   0      1
 *   +------+--------+-------------+---------------+----------+----------+
 *   | 'K'  | term 8 | lastNanos 8 | stoodNanos 8  | alarms 4 | leases 4 |   of the leases' clock
 *   | 'A'  | memberId 8 | kind 4 | isOwn 1 |
 *   | 'L'  | id 8 | ttlSeconds 8 | deadlineNanos 8 |
 *   | 'S'  | a record of the store
 * </pre>
 */
final class KvSection implements SnapshotSection {
    static final int VERSION = 1;

    private static final byte WHOLE = 'K';
    private static final byte ALARM = 'A';
    static final byte LEASE = 'L';
    static final byte STORE = 'S';
    private static final int WHOLE_LENGTH = 1 + 3 * Long.BYTES + 2 * Integer.BYTES;
    private static final int ALARM_LENGTH = 1 + Long.BYTES + Integer.BYTES + 1;
    private static final int LEASE_LENGTH = 1 + 3 * Long.BYTES;

    /** Longest record of the store. */
    private static final int MAX_STORE_RECORD = 64 << 10;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final ExpandableDirectByteBuffer record =
            new ExpandableDirectByteBuffer(MAX_STORE_RECORD + 1);
    private final Supplier<KvState> newest;
    private StoreExport export;
    private List<Alarm> alarms = List.of();
    private long[] clock;
    private long[] leases;
    private int next;

    /** Of the record that the sink had no room for; 0: there is none. */
    private int waitingLength;

    /**
     * @param newest tells the state at {@link #begin}.
     */
    KvSection(final Supplier<KvState> newest) {
        this.newest = newest;
    }

    @Override
    public String name() {
        return KvApplication.SECTION;
    }

    @Override
    public int version() {
        return VERSION;
    }

    @Override
    public int featureLevel() {
        return KvApplication.FEATURE_LEVEL;
    }

    @Override
    public boolean isEmpty() {
        return newest.get().isPristine();
    }

    /** Not while compaction has something to give back. */
    @Override
    public boolean isReady() {
        final MvccStore store = newest.get().store();
        return store.sweptRevision() == store.compactedRevision();
    }

    /** The store writes nothing out before all that is void is given back. */
    @Override
    public boolean isPossible() {
        return isReady();
    }

    @Override
    public void begin() {
        final KvState state = newest.get();
        export = state.store().export(MAX_STORE_RECORD);
        alarms = state.alarms().all();
        clock =
                new long[] {
                    state.clock().term(), state.clock().lastNanos(), state.clock().stoodNanos()
                };
        leases = copy(state.leases());
        next = 0;
        waitingLength = 0;
    }

    private static long[] copy(final LeaseTable table) {
        final Lease[] sorted = table.sorted();
        final long[] copy = new long[sorted.length * 3];
        for (int i = 0; i < sorted.length; i++) {
            copy[i * 3] = sorted[i].id();
            copy[i * 3 + 1] = sorted[i].ttlSeconds();
            copy[i * 3 + 2] = sorted[i].deadlineNanos();
        }
        return copy;
    }

    /** Whether a snapshot is in the making. */
    boolean isWriting() {
        return export != null;
    }

    @Override
    public boolean write(final StateSink sink, final int maxRecords) {
        for (int i = 0; i < maxRecords; i++) {
            if (waitingLength == 0) {
                waitingLength = encodeNext(maxRecords);
            }
            if (waitingLength == 0) {
                if (!export.isDone()) {
                    return false;
                }
                abort();
                return true;
            }
            if (!sink.offer(record, 0, waitingLength)) {
                return false;
            }
            waitingLength = 0;
        }
        return false;
    }

    private int encodeNext(final int maxSteps) {
        final int leaseCount = leases.length / 3;
        final int n = next;
        if (n <= alarms.size() + leaseCount) {
            next++;
            if (n == 0) {
                return encodeWhole(leaseCount);
            }
            return n <= alarms.size()
                    ? encode(alarms.get(n - 1))
                    : encodeLease(n - 1 - alarms.size());
        }
        if (!export.prepare(maxSteps)) {
            return 0;
        }
        final int length = export.recordLength();
        record.putByte(0, STORE);
        record.putBytes(1, export.record(), 0, length);
        export.taken();
        return 1 + length;
    }

    private int encodeWhole(final int leaseCount) {
        record.putByte(0, WHOLE);
        int at = 1;
        for (final long each : clock) {
            record.putLong(at, each, ORDER);
            at += Long.BYTES;
        }
        record.putInt(at, alarms.size(), ORDER);
        record.putInt(at + Integer.BYTES, leaseCount, ORDER);
        return WHOLE_LENGTH;
    }

    private int encode(final Alarm alarm) {
        record.putByte(0, ALARM);
        record.putLong(1, alarm.memberId(), ORDER);
        record.putInt(1 + Long.BYTES, alarm.kind(), ORDER);
        record.putByte(1 + Long.BYTES + Integer.BYTES, (byte) (alarm.isOwn() ? 1 : 0));
        return ALARM_LENGTH;
    }

    private int encodeLease(final int n) {
        record.putByte(0, LEASE);
        for (int i = 0; i < 3; i++) {
            record.putLong(1 + i * Long.BYTES, leases[n * 3 + i], ORDER);
        }
        return LEASE_LENGTH;
    }

    @Override
    public void abort() {
        if (export != null) {
            export.close();
            export = null;
        }
        alarms = List.of();
        leases = null;
    }

    /**
     * Reads a section into an empty state.
     *
     * @throws IllegalStateException if it is not whole.
     */
    static void read(final StateSource records, final KvState state) {
        try (Reader reader = new Reader(state)) {
            while (records.next(reader::add)) {
                // The reader keeps what it needs.
            }
            reader.finish();
        }
    }

    private static final class Reader implements AutoCloseable {
        private final KvState state;
        private final StoreImport store;
        private int alarms;
        private int leases;
        private boolean hasWhole;

        Reader(final KvState state) {
            this.state = state;
            store = new StoreImport(state.store());
        }

        void add(final DirectBuffer buffer, final int offset, final int length) {
            check(length > 0);
            final byte kind = buffer.getByte(offset);
            check(hasWhole != (kind == WHOLE));
            switch (kind) {
                case WHOLE -> {
                    check(length == WHOLE_LENGTH);
                    hasWhole = true;
                    state.clock()
                            .set(
                                    number(buffer, offset, 0),
                                    number(buffer, offset, 1),
                                    number(buffer, offset, 2));
                    alarms = buffer.getInt(offset + 1 + 3 * Long.BYTES, ORDER);
                    leases = buffer.getInt(offset + 1 + 3 * Long.BYTES + Integer.BYTES, ORDER);
                }
                case ALARM -> {
                    check(length == ALARM_LENGTH);
                    alarms--;
                    final int at = offset + 1 + Long.BYTES;
                    state.alarms()
                            .raise(
                                    number(buffer, offset, 0),
                                    buffer.getInt(at, ORDER),
                                    buffer.getByte(at + Integer.BYTES) != 0);
                }
                case LEASE -> {
                    check(length == LEASE_LENGTH);
                    leases--;
                    state.leases()
                            .add(
                                    number(buffer, offset, 0),
                                    number(buffer, offset, 1),
                                    number(buffer, offset, 2));
                }
                case STORE -> store.onRecord(buffer, offset + 1, length - 1);
                default -> throw damaged();
            }
        }

        private static long number(final DirectBuffer buffer, final int offset, final int n) {
            return buffer.getLong(offset + 1 + n * Long.BYTES, ORDER);
        }

        void finish() {
            check(hasWhole && alarms == 0 && leases == 0);
            store.finish();
            attach();
        }

        @Override
        public void close() {
            store.close();
        }

        /** Keys hang on the leases that they name. */
        private void attach() {
            final KeyVersion version = new KeyVersion();
            final RangeCursor cursor =
                    new RangeCursor(state.store()).open(new KeyRange().all(), MvccStore.NEWEST);
            cursor.allow(Integer.MAX_VALUE);
            while (!state.leases().isEmpty() && cursor.next(version) == Step.FOUND) {
                if (version.lease() != 0) {
                    final Lease lease = state.leases().get(version.lease());
                    check(lease != null);
                    state.leases()
                            .attach(
                                    lease,
                                    version.buffer(),
                                    version.keyOffset(),
                                    version.keyLength());
                }
            }
        }

        private static void check(final boolean isWhole) {
            if (!isWhole) {
                throw damaged();
            }
        }

        private static IllegalStateException damaged() {
            return new IllegalStateException(
                    "the snapshot's section " + KvApplication.SECTION + " is not whole");
        }
    }
}
