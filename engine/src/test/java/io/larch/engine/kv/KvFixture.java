package io.larch.engine.kv;

import io.larch.engine.application.ClusterTime;
import io.larch.engine.application.Growth;
import io.larch.engine.application.Result;
import io.larch.engine.application.SlicedRead;
import io.larch.engine.application.StateSource;
import io.larch.engine.application.WatchSink;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvError;
import io.larch.engine.codec.kv.KvEvents;
import io.larch.engine.codec.kv.KvReply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/** A v3 application without an engine around it, and what its watches were told. */
public final class KvFixture implements WatchSink, ClusterTime, AutoCloseable {
    public static final long SECOND = 1_000_000_000L;

    /** What one watch was told. */
    public static final class Told {
        public final List<byte[]> events = new ArrayList<>();
        public final List<Integer> messageSizes = new ArrayList<>();
        public long startRevision = -1;
        public long lastRevision;
        public long headerRevision;
        public long compactRevision;
        public boolean isEnded;
    }

    public final Map<Long, Told> told = new HashMap<>();
    public final Set<Long> behind = new HashSet<>();
    private final ExpandableArrayBuffer command = new ExpandableArrayBuffer(4096);
    private final CommandEnvelope envelope = new CommandEnvelope();
    private final Result result = new Result();
    private final KvContext context;
    public KvApplication application;
    public KvError error;
    public long revision;
    public long nowNanos = 1000 * SECOND;
    public long term = 1;
    public int groups;
    private boolean isStepwise;

    public KvFixture() {
        this(new KvContext());
    }

    public KvFixture(final KvContext context) {
        this.context = context;
        application = new KvApplication(context, this, this);
    }

    private CommandEnvelope encode(final byte type, final long correlationId, final byte[] body) {
        final int at = KvCommand.encode(command, 0, type, 0, correlationId, nowNanos, body.length);
        command.putBytes(at, body);
        return envelope.wrap(command, 0);
    }

    /** Asks whether a write would be taken. */
    public int admit(final byte type, final byte[] body) {
        return application.admit(encode(type, 1, body), new Growth(), new Growth());
    }

    /** Applies a write and returns the body of its answer; null: it was refused. */
    public byte[] write(final byte type, final ProtoMessage body) {
        return write(type, body.bytes());
    }

    public byte[] write(final byte type, final byte[] body) {
        application.passing(term, nowNanos);
        application.apply(encode(type, 1, body), result);
        return body();
    }

    /** As {@link #write}, without copying the answer. */
    public long writeQuietly(final byte type, final byte[] body) {
        application.passing(term, nowNanos);
        application.apply(encode(type, 1, body), result);
        return result.storeIndex();
    }

    private byte[] body() {
        revision = result.storeIndex();
        error = KvReply.error(result.event(), result.eventOffset());
        if (error != null) {
            return null;
        }
        final byte[] body = new byte[result.eventLength() - KvReply.HEAD_LENGTH];
        result.event().getBytes(result.eventOffset() + KvReply.HEAD_LENGTH, body);
        return body;
    }

    /** Whether somebody waits for the answers to writes from now on. */
    public void awaited(final boolean isAwaited) {
        result.awaited(isAwaited);
    }

    /** From now on long reads go on by one step a call. */
    public void stepwise() {
        isStepwise = true;
    }

    public byte[] read(final byte type, final ProtoMessage body) {
        return read(type, body.bytes(), Integer.MAX_VALUE);
    }

    /** Reads, in slices when it is longer than that. */
    public byte[] read(final byte type, final byte[] body, final int maxBytes) {
        application.read(encode(type, 1, body), maxBytes, result);
        if (!result.isTooLong()) {
            return body();
        }
        final SlicedRead read = application.open(encode(type, 1, body), result);
        return read == null ? body() : finish(read);
    }

    /** Begins a long read. */
    public SlicedRead open(final byte type, final ProtoMessage body) {
        return application.open(encode(type, 1, body.bytes()), result);
    }

    /** Makes all of a long read; null when it was cut. */
    public byte[] finish(final SlicedRead read) {
        final ExpandableArrayBuffer target = new ExpandableArrayBuffer();
        int end = 0;
        while (!read.isDone() && !read.isCut()) {
            end = read.write(target, end, isStepwise ? 1 : 1 << 16, isStepwise ? 1 : 256);
        }
        read.close();
        if (read.isCut()) {
            return null;
        }
        revision = read.index();
        error = KvReply.error(target, 0);
        final long length = KvReply.bodyLength(target, 0);
        if (length != end - KvReply.SLICED_HEAD_LENGTH) {
            throw new AssertionError(length + " bytes were promised, " + end + " came");
        }
        final byte[] body = new byte[(int) length];
        target.getBytes(KvReply.SLICED_HEAD_LENGTH, body);
        return error == null ? body : null;
    }

    /** Registers a watch. */
    public Told watch(final long id, final ProtoMessage body) {
        final Told watch = new Told();
        told.put(id, watch);
        application.watch(encode(KvCommand.WATCH, id, body.bytes()), result);
        return watch;
    }

    public void cancel(final long id) {
        application.cancelWatch(id);
        told.remove(id);
    }

    /** Time passes, and a SYNC is applied; again, while there is more to do. */
    public void sync(final long nanos) {
        sync(nanos, Integer.MAX_VALUE);
    }

    /** The same, with so many at most by each. */
    public void sync(final long nanos, final int most) {
        nowNanos += nanos;
        do {
            application.passing(term, nowNanos);
            application.expire(nowNanos, most);
        } while (application.isBehind());
    }

    /** All that may wait is done. */
    public void settle() {
        while (application.hasWork()) {
            application.work(256);
        }
    }

    /** Writes its section of a snapshot and returns its records. */
    public List<byte[]> snapshot() {
        final List<byte[]> records = new ArrayList<>();
        settle();
        application.snapshot().begin();
        final int[] refusals = {0};
        while (!application
                .snapshot()
                .write(
                        (buffer, offset, length) -> {
                            if (++refusals[0] % 3 == 0) {
                                return false;
                            }
                            final byte[] copy = new byte[length];
                            buffer.getBytes(offset, copy);
                            return records.add(copy);
                        },
                        7)) {
            // Goes on.
        }
        return records;
    }

    /** An application of the same settings, filled from records. */
    public KvApplication restored(final List<byte[]> records) {
        final KvApplication other = (KvApplication) application.newEmpty();
        final Deque<byte[]> left = new ArrayDeque<>(records);
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        final StateSource source =
                consumer -> {
                    final byte[] record = left.poll();
                    if (record == null) {
                        return false;
                    }
                    buffer.putBytes(5, record);
                    consumer.onRecord(buffer, 5, record.length);
                    return true;
                };
        other.restore(source, other.snapshot().version());
        return other;
    }

    /** Goes on with another application. */
    public void replace(final KvApplication other) {
        application.close();
        application = other;
    }

    public KvContext context() {
        return context;
    }

    @Override
    public void onWatchStart(final long correlationId, final long storeIndex) {
        told.get(correlationId).startRevision = storeIndex;
    }

    @Override
    public void onEvents(
            final long[] correlationIds,
            final int count,
            final DirectBuffer event,
            final int offset,
            final int length) {
        groups++;
        for (int i = 0; i < count; i++) {
            final Told watch = told.get(correlationIds[i]);
            if (watch != null) {
                tell(watch, event, offset, length);
            }
        }
    }

    private static void tell(
            final Told watch, final DirectBuffer event, final int offset, final int length) {
        if (watch.isEnded) {
            throw new AssertionError("told after its end");
        }
        if (KvEvents.isCompacted(event, offset)) {
            watch.compactRevision = KvEvents.compactRevision(event, offset);
            return;
        }
        final byte[] body = new byte[length - KvEvents.HEAD_LENGTH];
        event.getBytes(offset + KvEvents.HEAD_LENGTH, body);
        final int count = KvEvents.count(event, offset);
        if (ProtoMessage.count(body, 11) != count) {
            throw new AssertionError(count + " events were promised");
        }
        for (int i = 0; i < count; i++) {
            watch.events.add(ProtoMessage.bytes(body, 11, i));
        }
        watch.messageSizes.add(count);
        watch.lastRevision = KvEvents.lastRevision(event, offset);
        watch.headerRevision = KvEvents.revision(event, offset);
    }

    @Override
    public void onWatchEnd(final long correlationId) {
        final Told watch = told.get(correlationId);
        if (watch != null) {
            watch.isEnded = true;
        }
    }

    @Override
    public boolean isBehind(final long correlationId) {
        return behind.contains(correlationId >>> WAY_SHIFT);
    }

    @Override
    public long now() {
        return nowNanos;
    }

    @Override
    public long wallOffset() {
        return 0;
    }

    @Override
    public void close() {
        application.close();
    }

    static String show(final List<byte[]> events) {
        final StringBuilder text = new StringBuilder();
        events.forEach(event -> text.append("\n  ").append(ProtoMessage.show(event)));
        return text.toString();
    }

    static boolean isSame(final List<byte[]> left, final List<byte[]> right) {
        return left.size() == right.size() && Arrays.deepEquals(left.toArray(), right.toArray());
    }
}
