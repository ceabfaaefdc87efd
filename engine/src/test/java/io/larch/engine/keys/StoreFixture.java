package io.larch.engine.keys;

import io.larch.engine.application.Result;
import io.larch.engine.application.StateSink;
import io.larch.engine.application.StateSource;
import io.larch.engine.application.WatchSink;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.codec.KeysCommand;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A store spoken to in strings. Results and events are rendered like the API's JSON, without
 * escaping; times count from 0.
 */
final class StoreFixture implements AutoCloseable, WatchSink {
    final List<String> told = new ArrayList<>();
    final Result result = new Result();
    final Store store;
    long nowNanos;

    /** The read that was put together last. */
    final ExpandableArrayBuffer slices = new ExpandableArrayBuffer();

    int slicesLength;

    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    private final KeysCommand command = new KeysCommand();
    private CommandType type;
    private byte[] path;
    private byte[] value = new byte[0];
    private byte[] prevValue = new byte[0];
    private int flags;
    private long correlationId;
    private long index;
    private long expirationNanos;

    StoreFixture() {
        this(new StoreContext().maxNodes(100_000).maxBytes(1L << 30).conclude());
    }

    StoreFixture(final StoreContext context) {
        store = new Store(context, this);
    }

    /** Entries without an effect of their own, until all that was removed is given back. */
    void giveBackAll() {
        while (store.isGivingBack()) {
            sync(0);
        }
    }

    StoreFixture command(final CommandType type, final String path) {
        this.type = type;
        this.path = path.getBytes(StandardCharsets.ISO_8859_1);
        value = new byte[0];
        prevValue = new byte[0];
        flags = 0;
        correlationId = 1;
        index = 0;
        expirationNanos = CommandEnvelope.PERMANENT;
        return this;
    }

    StoreFixture value(final String value) {
        this.value = value.getBytes(StandardCharsets.ISO_8859_1);
        return this;
    }

    StoreFixture value(final byte[] value) {
        this.value = value;
        return this;
    }

    StoreFixture prevValue(final String value) {
        prevValue = value.getBytes(StandardCharsets.ISO_8859_1);
        return this;
    }

    StoreFixture index(final long index) {
        this.index = index;
        return this;
    }

    StoreFixture id(final long correlationId) {
        this.correlationId = correlationId;
        return this;
    }

    StoreFixture flags(final int flags) {
        this.flags |= flags;
        return this;
    }

    StoreFixture dir() {
        return flags(KeysCommand.DIR);
    }

    StoreFixture recursive() {
        return flags(KeysCommand.RECURSIVE);
    }

    StoreFixture refresh() {
        return flags(KeysCommand.REFRESH);
    }

    StoreFixture stream() {
        return flags(KeysCommand.STREAM);
    }

    StoreFixture ttl(final long seconds) {
        expirationNanos = nowNanos + seconds * 1_000_000_000L;
        return this;
    }

    KeysCommand encode() {
        int at =
                KeysCommand.encodeHeader(
                        buffer,
                        0,
                        type,
                        flags,
                        correlationId,
                        nowNanos,
                        expirationNanos,
                        index,
                        path.length,
                        value.length,
                        prevValue.length);
        buffer.putBytes(at, path);
        at += path.length;
        buffer.putBytes(at, value);
        at += value.length;
        buffer.putBytes(at, prevValue);
        return command.wrap(buffer, 0);
    }

    /** Runs the command and renders its outcome. */
    String run() {
        encode();
        if (type == CommandType.GET) {
            store.get(command, nowNanos, result);
            if (result.isTooLong()) {
                return renderSlices();
            }
        } else if (type == CommandType.WATCH) {
            store.watch(command, result);
        } else {
            store.apply(command, result);
        }
        if (!result.isOk()) {
            return result.errorCode()
                    + " "
                    + text(result.cause(), 0, result.causeLength())
                    + " @"
                    + result.storeIndex();
        }
        if (result.eventLength() == 0) {
            return "ok @" + result.storeIndex();
        }
        return (result.isCreated() ? "created " : "")
                + render(result.event(), result.eventOffset(), result.eventLength());
    }

    /** A read too long for one go, put together. */
    private String renderSlices() {
        int length = 0;
        try (TreeRead read = store.open(command, nowNanos, result)) {
            while (!read.isDone()) {
                length = read.write(slices, length, 1000, 1000);
            }
        }
        slicesLength = length;
        return render(slices, 0, length);
    }

    StoreFixture watch(final long id, final String path) {
        return command(CommandType.WATCH, path).id(id);
    }

    StoreFixture get(final String path) {
        return command(CommandType.GET, path);
    }

    StoreFixture set(final String path, final String value) {
        return command(CommandType.SET, path).value(value);
    }

    StoreFixture mkdir(final String path) {
        return command(CommandType.SET, path).dir();
    }

    StoreFixture create(final String path, final String value) {
        return command(CommandType.CREATE, path).value(value);
    }

    StoreFixture post(final String path, final String value) {
        return command(CommandType.CREATE_IN_ORDER, path).value(value);
    }

    StoreFixture update(final String path, final String value) {
        return command(CommandType.UPDATE, path).value(value);
    }

    StoreFixture swap(final String path, final String value) {
        return command(CommandType.COMPARE_AND_SWAP, path).value(value);
    }

    StoreFixture delete(final String path) {
        return command(CommandType.DELETE, path);
    }

    StoreFixture compareAndDelete(final String path) {
        return command(CommandType.COMPARE_AND_DELETE, path);
    }

    void sync(final long seconds) {
        nowNanos = seconds * 1_000_000_000L;
        store.applySync(nowNanos, Integer.MAX_VALUE);
    }

    /** What watches were told since the last call. */
    List<String> told() {
        final List<String> copy = List.copyOf(told);
        told.clear();
        return copy;
    }

    @Override
    public void onWatchStart(final long correlationId, final long storeIndex) {
        told.add(correlationId + " start @" + storeIndex);
    }

    @Override
    public void onEvents(
            final long[] correlationIds,
            final int count,
            final DirectBuffer event,
            final int offset,
            final int length) {
        for (int i = 0; i < count; i++) {
            final int node = offset + EventFlyweight.HEADER_LENGTH;
            told.add(
                    correlationIds[i]
                            + " "
                            + new String(
                                    EventFlyweight.action(event, offset).text(),
                                    StandardCharsets.US_ASCII)
                            + " "
                            + text(
                                    event,
                                    EventFlyweight.keyOffset(node),
                                    EventFlyweight.keyLength(event, node))
                            + " @"
                            + EventFlyweight.storeIndex(event, offset));
        }
    }

    @Override
    public void onWatchEnd(final long correlationId) {
        told.add(correlationId + " end");
    }

    @Override
    public void close() {
        store.close();
    }

    /** Takes a snapshot in one go. */
    Deque<byte[]> snapshot() {
        final Deque<byte[]> records = new ArrayDeque<>();
        store.beginSnapshot();
        while (!store.writeSnapshot(sink(records), 1000)) {
            // Goes on until it is complete.
        }
        return records;
    }

    static StateSink sink(final Deque<byte[]> records) {
        return (buffer, offset, length) -> {
            final byte[] copy = new byte[length];
            buffer.getBytes(offset, copy);
            records.add(copy);
            return true;
        };
    }

    static StateSource source(final Deque<byte[]> records) {
        return consumer -> {
            final byte[] record = records.poll();
            if (record == null) {
                return false;
            }
            consumer.onRecord(new UnsafeBuffer(record), 0, record.length);
            return true;
        };
    }

    static String text(final DirectBuffer buffer, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** An event as the API shows it: prefix of index, then JSON without quotes around names. */
    static String render(final DirectBuffer event, final int offset, final int length) {
        final StringBuilder text = new StringBuilder();
        text.append(
                new String(EventFlyweight.action(event, offset).text(), StandardCharsets.US_ASCII));
        int end = renderNode(event, offset + EventFlyweight.HEADER_LENGTH, text.append(' '));
        if ((EventFlyweight.flags(event, offset) & EventFlyweight.HAS_PREV_NODE) != 0) {
            end = renderNode(event, end, text.append(" prev "));
        }
        if (end != offset + length) {
            throw new AssertionError("event of " + length + " ends at " + (end - offset));
        }
        return text.append(" @").append(EventFlyweight.storeIndex(event, offset)).toString();
    }

    private static int renderNode(
            final DirectBuffer event, final int node, final StringBuilder text) {
        final int flags = EventFlyweight.nodeFlags(event, node);
        text.append('{');
        text.append(
                text(event, EventFlyweight.keyOffset(node), EventFlyweight.keyLength(event, node)));
        if ((flags & EventFlyweight.NODE_HAS_VALUE) != 0) {
            text.append('=')
                    .append(
                            text(
                                    event,
                                    EventFlyweight.valueOffset(event, node),
                                    EventFlyweight.valueLength(event, node)));
        }
        if ((flags & EventFlyweight.NODE_DIR) != 0) {
            text.append(" dir");
        }
        if ((flags & EventFlyweight.NODE_HAS_EXPIRATION) != 0) {
            text.append(" exp ")
                    .append(EventFlyweight.expirationNanos(event, node) / 1_000_000_000L)
                    .append(" ttl ")
                    .append(EventFlyweight.ttlSeconds(event, node));
        }
        text.append(" m")
                .append(EventFlyweight.modifiedIndex(event, node))
                .append(" c")
                .append(EventFlyweight.createdIndex(event, node));
        int end = EventFlyweight.nodeEnd(event, node);
        final int children = EventFlyweight.childCount(event, node);
        for (int i = 0; i < children; i++) {
            end = renderNode(event, end, text.append(i == 0 ? " [" : ", "));
        }
        text.append(children > 0 ? "]}" : "}");
        return end;
    }
}
