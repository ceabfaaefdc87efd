package io.larch.engine.kv;

import io.larch.engine.application.Application;
import io.larch.engine.application.ApplicationFactory;
import io.larch.engine.application.ClusterTime;
import io.larch.engine.application.CommandKind;
import io.larch.engine.application.Growth;
import io.larch.engine.application.Result;
import io.larch.engine.application.SlicedRead;
import io.larch.engine.application.SnapshotSection;
import io.larch.engine.application.StateSource;
import io.larch.engine.application.WatchSink;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvReply;
import io.larch.engine.codec.kv.KvStatus;
import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.kv.watch.WatchHub;
import io.larch.engine.kv.watch.WatchRequest;
import io.larch.engine.lease.Lease;
import io.larch.engine.lease.LeaseTable;
import io.larch.engine.mvcc.MvccStore;
import io.larch.engine.mvcc.Step;
import io.larch.engine.mvcc.StoreHash;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * The keys of the v3 API as an application of the log: keys with all their versions, transactions,
 * leases, alarms and watches ({@link KvCommand}).
 *
 * <p>Watches are of this member and not replicated. When a snapshot takes the place of the state
 * ({@link #take}), all of them are ended without being told that anything was compacted: the edge
 * registers each again from behind the last revision that it was told, and its client does not
 * notice.
 */
public final class KvApplication implements Application {
    /** What a member must have to understand it. */
    public static final int FEATURE_LEVEL = 3;

    /** Of the snapshot. Never changes. */
    public static final String SECTION = "kv";

    private final ExpandableArrayBuffer scratch = new ExpandableArrayBuffer();
    private final ProtoReader reader = new ProtoReader();
    private final PutRequest put = new PutRequest();
    private final AlarmRules alarmRules = new AlarmRules();
    private final KvSection section = new KvSection(this::state);
    private final KvContext context;
    private final WatchSink sink;
    private final ClusterTime time;
    private final Quota quota;
    private final AutoCompaction compaction;
    private final HeldReads held;
    private KvState state;
    private boolean isCompacting;
    private WatchHub watches;
    private KeyChanges changes;
    private Txn txn;
    private LeaseRules leases;
    private LeaseReads leaseReads;
    private KvReads reads;
    private KvWrites writes;

    public KvApplication(final KvContext context, final WatchSink sink, final ClusterTime time) {
        this.context = context;
        this.sink = sink;
        this.time = time;
        quota = new Quota(context.quotaBackendBytes());
        compaction =
                new AutoCompaction(context.autoCompactionMode(), context.autoCompactionRetention());
        held = new HeldReads(context.maxHeldBytes());
        become(KvState.empty(context.segmentMemory(), context.seed().getAsLong()));
    }

    /** A factory of members with these settings. */
    public static ApplicationFactory of(final KvContext context) {
        return (sink, time) -> new KvApplication(context, sink, time);
    }

    private void become(final KvState newState) {
        state = newState;
        watches =
                new WatchHub(
                        state.store(), sink, context.seed().getAsLong(), context.watchLimits());
        changes = new KeyChanges(state);
        final RangeAnswer answers = new RangeAnswer(state.store());
        txn = new Txn(state, changes, answers);
        leases = new LeaseRules(state, changes, watches::tell);
        leaseReads = new LeaseReads(state);
        reads = new KvReads(state, answers, txn, held);
        writes = new KvWrites(state, changes, txn, leases, watches);
    }

    /** All of it, to look at. */
    KvState state() {
        return state;
    }

    /** The store behind the door, to look at. */
    public MvccStore store() {
        return state.store();
    }

    /** Leases that there are. */
    public int leaseCount() {
        return state.leases().size();
    }

    /** Watches of this member. */
    public int watchCount() {
        return watches.count();
    }

    @Override
    public int domain() {
        return KvCommand.DOMAIN;
    }

    @Override
    public CommandKind kind(final byte type) {
        if (KvCommand.isWrite(type)) {
            return CommandKind.WRITE;
        }
        if (KvCommand.isRead(type)) {
            return CommandKind.READ;
        }
        return type == KvCommand.WATCH ? CommandKind.WATCH : CommandKind.UNKNOWN;
    }

    @Override
    public int featureLevel(final byte type) {
        return FEATURE_LEVEL;
    }

    @Override
    public boolean isWellFormed(final DirectBuffer buffer, final int offset, final int length) {
        return KvCommand.isWellFormed(buffer, offset, length);
    }

    // --- writes ---

    @Override
    public int admit(final CommandEnvelope command, final Growth underWay, final Growth growth) {
        final long added = growth(command);
        growth.set(0, added);
        if (added == 0) {
            return 0;
        }
        final boolean hasRoom =
                quota.hasRoom(
                        state.usedBytes(), underWay.bytes(), added, state.alarms().hasNoSpace());
        return hasRoom && hasRoomForLeases(command) ? 0 : ErrorCode.STORE_FULL.code();
    }

    /** Leases are on the Java heap: with all of their part in use, nothing is added to them. */
    private boolean hasRoomForLeases(final CommandEnvelope command) {
        final boolean isForLeases =
                switch (command.type()) {
                    case KvCommand.PUT -> put.lease != 0;
                    case KvCommand.TXN -> txn.isLeasing();
                    default -> true;
                };
        return !isForLeases || state.leases().bytes() < context.maxLeaseBytes();
    }

    /** Bytes that a command may add; 0 for those that are taken whatever there is. */
    private long growth(final CommandEnvelope command) {
        final DirectBuffer buffer = command.buffer();
        final int offset = KvCommand.bodyOffset(command);
        final int length = KvCommand.bodyLength(command);
        return switch (command.type()) {
            case KvCommand.PUT ->
                    put.read(reader.wrap(buffer, offset, length)) ? changes.growth(put) : 0;
            case KvCommand.TXN -> txn.growth(buffer, offset, length);
            case KvCommand.LEASE_GRANT -> LeaseTable.LEASE_BYTES;
            default -> 0;
        };
    }

    @Override
    public void passing(final long term, final long nowNanos) {
        state.clock().passing(term, nowNanos, !state.leases().isEmpty());
    }

    @Override
    public void apply(final CommandEnvelope command, final Result result) {
        writes.apply(command, result);
    }

    @Override
    public void expire(final long nowNanos, final int most) {
        leases.expire(most);
        compaction.look(nowNanos, state.store().revision());
    }

    @Override
    public boolean isBehind() {
        return leases.isBehind();
    }

    @Override
    public long nextExpiryNanos() {
        return leases.nextExpiryNanos();
    }

    @Override
    public void clusterChanged() {
        // Counts changes of keys only.
    }

    /** Raises and ends the alarm about space, and compacts. */
    @Override
    public int propose(final long nowNanos, final MutableDirectBuffer target) {
        final long usedBytes = state.usedBytes();
        final long memberId = context.memberId().getAsLong();
        final boolean isPassed = quota.isPassed(usedBytes);
        final AlarmTable.Alarm alarm = state.alarms().ownNoSpace();
        int length = 0;
        byte type = KvCommand.ALARM;
        if (isPassed && !state.alarms().hasNoSpace()) {
            length = AlarmRules.encodeNoSpace(scratch, 0, AlarmRules.ACTIVATE, memberId);
        } else if (alarm != null && quota.hasRecovered(usedBytes)) {
            length = AlarmRules.encodeNoSpace(scratch, 0, AlarmRules.DEACTIVATE, alarm.memberId());
        } else {
            final long revision = compaction.wanted(state.store().compactedRevision());
            type = KvCommand.COMPACT;
            length = revision == 0 ? 0 : CompactRequests.encode(scratch, 0, revision);
        }
        if (length == 0) {
            return 0;
        }
        final int at = KvCommand.encode(target, 0, type, 0, 0, nowNanos, length);
        target.putByte(KvWrites.OWN_OFFSET, (byte) 1);
        target.putBytes(at, scratch, 0, length);
        return at + length;
    }

    /** Hash of all that is replicated: equal on members that have applied the same. Takes time. */
    public long digest() {
        final StoreHash hash = state.store().hash(MvccStore.NEWEST);
        Step step = hash.run(Integer.MAX_VALUE);
        while (step == Step.PAUSED) {
            step = hash.run(Integer.MAX_VALUE);
        }
        long digest = state.store().revision() * 31 + state.store().compactedRevision();
        digest = digest * 31 + hash.value();
        for (final Lease lease : state.leases().sorted()) {
            digest = (digest * 31 + lease.id()) * 31 + lease.deadlineNanos();
            digest = (digest * 31 + lease.ttlSeconds()) * 31 + lease.keyCount();
        }
        return digest * 31 + state.alarms().all().hashCode();
    }

    // --- reads ---

    @Override
    public void read(final CommandEnvelope query, final int maxBytes, final Result result) {
        result.reset(state.store().revision());
        switch (query.type()) {
            case KvCommand.RANGE,
                    KvCommand.RANGE_CHUNK,
                    KvCommand.TXN_READ,
                    KvCommand.HASH_KV,
                    KvCommand.HASH ->
                    reads.read(query, maxBytes, result);
            default -> tell(query, maxBytes, result);
        }
    }

    /** What is printed as a whole, but for long lists, and told in parts when it is long. */
    private void tell(final CommandEnvelope query, final int maxBytes, final Result result) {
        if (isLongForLeases(query)) {
            result.tooLong();
            return;
        }
        final int at = KvReply.encodeHead(result.eventBuffer(), 0, false, null);
        final int end = print(query, result.eventBuffer(), at);
        if (KvReads.isTooLong(end, maxBytes)) {
            result.tooLong();
        } else {
            result.event(end, state.store().revision());
        }
    }

    private boolean isLongForLeases(final CommandEnvelope query) {
        reader.wrap(query.buffer(), KvCommand.bodyOffset(query), KvCommand.bodyLength(query));
        return leaseReads.isLong(query.type(), reader);
    }

    private int print(final CommandEnvelope query, final MutableDirectBuffer target, final int at) {
        final DirectBuffer body = query.buffer();
        final int offset = KvCommand.bodyOffset(query);
        final int length = KvCommand.bodyLength(query);
        reader.wrap(body, offset, length);
        return switch (query.type()) {
            case KvCommand.LEASE_TIME_TO_LIVE ->
                    leaseReads.timeToLive(reader, time.now(), target, at);
            case KvCommand.LEASE_LIST -> leaseReads.list(target, at);
            case KvCommand.ALARM_LIST ->
                    alarmRules.list(reader, state.alarms(), fullMemberId(), target, at);
            case KvCommand.STORE_STATUS -> status().encode(target, at);
            case KvCommand.PROGRESS -> {
                final boolean isDone = watches.areProgressed(body, offset, length);
                target.putByte(at, (byte) (isDone ? 1 : 0));
                yield at + 1;
            }
            default -> throw new IllegalStateException("not a read: " + query.type());
        };
    }

    private long fullMemberId() {
        return quota.isPassed(state.usedBytes()) ? context.memberId().getAsLong() : 0;
    }

    private KvStatus status() {
        final MvccStore store = state.store();
        return new KvStatus(
                store.compactedRevision(),
                store.allocatedBytes(),
                state.usedBytes(),
                quota.bytes(),
                store.keyCount(),
                state.leases().size(),
                store.sweptRevision());
    }

    @Override
    public SlicedRead open(final CommandEnvelope query, final Result result) {
        result.reset(state.store().revision());
        return switch (query.type()) {
            case KvCommand.RANGE,
                    KvCommand.RANGE_CHUNK,
                    KvCommand.TXN_READ,
                    KvCommand.HASH_KV,
                    KvCommand.HASH ->
                    reads.open(query, result);
            default -> {
                if (isLongForLeases(query)) {
                    yield reads.open(leaseReads.piece(query.type(), time.now()));
                }
                final ExpandableArrayBuffer body = new ExpandableArrayBuffer();
                yield reads.open(body, print(query, body, 0));
            }
        };
    }

    @Override
    public long heldBytes() {
        return held.heldBytes();
    }

    // --- watches ---

    @Override
    public void watch(final CommandEnvelope watch, final Result result) {
        result.reset(state.store().revision());
        reader.wrap(watch.buffer(), KvCommand.bodyOffset(watch), KvCommand.bodyLength(watch));
        watches.add(WatchRequest.read(reader), watch.correlationId());
    }

    @Override
    public void cancelWatch(final long correlationId) {
        watches.cancel(correlationId);
    }

    @Override
    public void endAllWatches() {
        watches.endAll();
    }

    @Override
    public boolean hasWork() {
        return isToCompact() || watches.hasWork();
    }

    /** What a compaction has left to do is looked for once more when it seems done. */
    private boolean isToCompact() {
        return (isCompacting || state.store().sweptRevision() != state.store().compactedRevision())
                && !section.isWriting()
                && !watches.needsCompacted();
    }

    /** Tells watches what they have not been told yet, and gives back what was compacted. */
    @Override
    public int work(final int maxSteps) {
        int workCount = watches.work(maxSteps);
        if (isToCompact()) {
            isCompacting = state.store().compactSome(maxSteps);
            workCount++;
        }
        return workCount;
    }

    // --- what is held ---

    @Override
    public long index() {
        return state.store().revision();
    }

    @Override
    public long entries() {
        return state.store().keyCount();
    }

    @Override
    public long bytes() {
        return state.usedBytes();
    }

    @Override
    public boolean isNearlyFull() {
        return !quota.hasRecovered(state.usedBytes());
    }

    @Override
    public SnapshotSection snapshot() {
        return section;
    }

    @Override
    public Application newEmpty() {
        return new KvApplication(context, sink, time);
    }

    @Override
    public void restore(final StateSource records, final int version) {
        KvSection.read(records, state);
        become(state);
    }

    @Override
    public void take(final Application other) {
        watches.endAll();
        held.replaceAll();
        section.abort();
        state.close();
        become(((KvApplication) other).state);
    }

    @Override
    public void close() {
        held.replaceAll();
        section.abort();
        state.close();
    }
}
