package io.larch.engine.keys;

import io.larch.engine.application.Application;
import io.larch.engine.application.ClusterTime;
import io.larch.engine.application.CommandKind;
import io.larch.engine.application.Growth;
import io.larch.engine.application.Result;
import io.larch.engine.application.SlicedRead;
import io.larch.engine.application.SnapshotSection;
import io.larch.engine.application.StateSink;
import io.larch.engine.application.StateSource;
import io.larch.engine.application.WatchSink;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.KeysCommand;
import org.agrona.DirectBuffer;

/** The keys of the v2 API as an application of the log: a {@link Store} behind the common door. */
public final class KeysApplication implements Application {
    /** Of the snapshot. Never changes. */
    public static final String SECTION = "keys";

    private final KeysCommand command = new KeysCommand();
    private final Section section = new Section();
    private final StoreContext context;
    private final WatchSink sink;
    private final ClusterTime time;
    private final Store store;

    public KeysApplication(
            final StoreContext context, final WatchSink sink, final ClusterTime time) {
        this.context = context;
        this.sink = sink;
        this.time = time;
        store = new Store(context, sink);
    }

    /** The tree behind the door, for its figures. */
    public Store store() {
        return store;
    }

    @Override
    public int domain() {
        return KeysCommand.DOMAIN;
    }

    @Override
    public CommandKind kind(final byte type) {
        if (!CommandType.isKnown(type)) {
            return CommandKind.UNKNOWN;
        }
        return switch (CommandType.of(type)) {
            case GET -> CommandKind.READ;
            case WATCH -> CommandKind.WATCH;
            case SET,
                    CREATE,
                    CREATE_IN_ORDER,
                    UPDATE,
                    COMPARE_AND_SWAP,
                    DELETE,
                    COMPARE_AND_DELETE ->
                    CommandKind.WRITE;
            case CANCEL, MORE, SYNC, SYNC_SOME, PUBLISH_MEMBER, CLUSTER_VERSION ->
                    CommandKind.UNKNOWN;
        };
    }

    /** All members understand all of them. */
    @Override
    public int featureLevel(final byte type) {
        return 0;
    }

    @Override
    public boolean isWellFormed(final DirectBuffer buffer, final int offset, final int length) {
        return KeysCommand.isWellFormed(buffer, offset, length);
    }

    @Override
    public int admit(final CommandEnvelope write, final Growth underWay, final Growth growth) {
        final int refusal = store.admit(wrap(write), underWay.entries(), underWay.bytes());
        growth.set(store.admittedNodes(), store.admittedBytes());
        return refusal;
    }

    @Override
    public long subject(final CommandEnvelope write) {
        return store.subject(wrap(write));
    }

    @Override
    public boolean isRefused(final CommandEnvelope write, final Result result) {
        return store.isRefused(wrap(write), result);
    }

    @Override
    public void refused(final CommandEnvelope write) {
        store.refused(wrap(write));
    }

    @Override
    public void apply(final CommandEnvelope write, final Result result) {
        store.wallOffset(time.wallOffset());
        store.apply(wrap(write), result);
    }

    @Override
    public void expire(final long nowNanos, final int most) {
        store.wallOffset(time.wallOffset());
        store.applySync(nowNanos, most);
    }

    @Override
    public boolean isBehind() {
        return store.isBehind();
    }

    @Override
    public void clusterChanged() {
        store.applyInternal();
    }

    @Override
    public void read(final CommandEnvelope query, final int maxBytes, final Result result) {
        store.wallOffset(time.wallOffset());
        store.get(wrap(query), time.now(), Math.min(maxBytes, context.maxResultBytes()), result);
    }

    @Override
    public SlicedRead open(final CommandEnvelope query, final Result result) {
        store.wallOffset(time.wallOffset());
        return store.open(wrap(query), time.now(), result);
    }

    @Override
    public long heldBytes() {
        return store.heldBytes();
    }

    @Override
    public void watch(final CommandEnvelope watch, final Result result) {
        store.watch(wrap(watch), result);
    }

    @Override
    public void cancelWatch(final long correlationId) {
        store.cancelWatch(correlationId);
    }

    @Override
    public void endAllWatches() {
        store.endAllWatches();
    }

    @Override
    public long index() {
        return store.index();
    }

    @Override
    public long entries() {
        return store.nodeCount();
    }

    @Override
    public long bytes() {
        return store.usedBytes();
    }

    @Override
    public boolean isNearlyFull() {
        return store.isNearlyFull();
    }

    @Override
    public SnapshotSection snapshot() {
        return section;
    }

    @Override
    public Application newEmpty() {
        return new KeysApplication(context, sink, time);
    }

    @Override
    public void restore(final StateSource records, final int version) {
        store.restore(records);
    }

    @Override
    public void take(final Application other) {
        store.take(((KeysApplication) other).store);
    }

    @Override
    public void close() {
        store.close();
    }

    private KeysCommand wrap(final CommandEnvelope envelope) {
        return command.wrap(envelope.buffer(), envelope.offset());
    }

    /** The tree, the history and the counters. */
    private final class Section implements SnapshotSection {
        @Override
        public String name() {
            return SECTION;
        }

        @Override
        public int version() {
            return SnapshotItem.VERSION;
        }

        @Override
        public int featureLevel() {
            return 0;
        }

        @Override
        public boolean isEmpty() {
            return store.index() == 0;
        }

        @Override
        public boolean isReady() {
            return !store.isGivingBack();
        }

        @Override
        public void begin() {
            store.beginSnapshot();
        }

        @Override
        public boolean write(final StateSink records, final int maxRecords) {
            return store.writeSnapshot(records, maxRecords);
        }

        @Override
        public void abort() {
            store.abortSnapshot();
        }
    }
}
