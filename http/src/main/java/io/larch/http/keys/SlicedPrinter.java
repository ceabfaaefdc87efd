package io.larch.http.keys;

import io.larch.engine.codec.Action;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.codec.Utf8;
import io.larch.http.text.ByteWriter;
import io.larch.http.text.JsonWriter;
import io.larch.http.text.UtcTime;
import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * Prints what {@link EventPrinter} prints, in as many pieces as it is read in: it is fed the bytes
 * of an event part by part, stops where it is told, and goes on where it stopped. Whatever the
 * parts and pieces, all together are the same JSON.
 *
 * <p>Not threadsafe. A connection has one while it sends a long answer.
 */
public final class SlicedPrinter {
    private static final int VALUE_BYTES = 4096;

    /** What comes next. */
    private enum Next {
        EVENT,
        NODE,
        VALUE,
        END
    }

    /** What was parsed of a node whose children are being printed. */
    private long[] open = new long[3 * 16];

    private int depth;
    private Next next = Next.END;
    private boolean hasPrevNode;
    private boolean isError;
    private long storeIndex;

    // The node being printed.
    private int flags;
    private int childCount;
    private int valueLeft;
    private long modifiedIndex;
    private long createdIndex;
    private long expirationNanos;
    private long ttlSeconds;
    private boolean hasFields;

    /** Begins an event. */
    public void event() {
        next = Next.EVENT;
        depth = 0;
        isError = false;
    }

    /** Begins an error whose cause, of so many bytes, is what will be fed. */
    public void error(
            final ErrorCode code, final int causeLength, final long index, final JsonWriter json) {
        KeysCodec.beginError(code, json);
        json.out().put('"');
        isError = true;
        storeIndex = index;
        valueLeft = causeLength;
        next = Next.VALUE;
    }

    /** Whether all is printed. */
    public boolean isDone() {
        return next == Next.END;
    }

    /**
     * Prints on.
     *
     * @param part an event's next bytes; a node's fixed part and key, and a UTF-8 sequence of a
     *     value, lie wholly in one part.
     * @param to where the part ends.
     * @param maxLength about what the writer's length may grow to; a key may go beyond.
     * @return how far the part was read.
     */
    public int print(
            final DirectBuffer part,
            final int from,
            final int to,
            final JsonWriter json,
            final int maxLength) {
        int at = from;
        while (at < to && next != Next.END && json.out().length() < maxLength) {
            at =
                    switch (next) {
                        case EVENT -> event(part, at, json.out());
                        case NODE -> node(part, at, json);
                        default -> value(part, at, to, json);
                    };
        }
        return at;
    }

    private int event(final DirectBuffer part, final int at, final ByteWriter out) {
        final Action action = EventFlyweight.action(part, at);
        hasPrevNode = (EventFlyweight.flags(part, at) & EventFlyweight.HAS_PREV_NODE) != 0;
        out.put(EventPrinter.ACTION).put(action.text()).put(EventPrinter.NODE);
        next = Next.NODE;
        return at + EventFlyweight.HEADER_LENGTH;
    }

    private int node(final DirectBuffer part, final int at, final JsonWriter json) {
        final ByteWriter out = json.out();
        flags = EventFlyweight.nodeFlags(part, at);
        childCount = EventFlyweight.childCount(part, at);
        valueLeft = EventFlyweight.valueLength(part, at);
        modifiedIndex = EventFlyweight.modifiedIndex(part, at);
        createdIndex = EventFlyweight.createdIndex(part, at);
        expirationNanos = EventFlyweight.expirationNanos(part, at);
        ttlSeconds = EventFlyweight.ttlSeconds(part, at);
        hasFields = false;
        out.put('{');
        final int keyLength = EventFlyweight.keyLength(part, at);
        if (keyLength > 0) {
            field(EventPrinter.KEY, out);
            json.string(part, EventFlyweight.keyOffset(at), keyLength);
        }
        if ((flags & EventFlyweight.NODE_HAS_VALUE) != 0) {
            field(EventPrinter.VALUE, out);
            out.put('"');
            next = Next.VALUE;
        }
        if (valueLeft == 0) {
            endValue(out);
        }
        return EventFlyweight.keyOffset(at) + keyLength;
    }

    private int value(final DirectBuffer part, final int at, final int to, final JsonWriter json) {
        final int there = Math.min(valueLeft, to - at);
        int length = Math.min(there, VALUE_BYTES);
        if (length < there) {
            length = Utf8.boundary(part, at, at + length) - at;
        }
        json.escaped(part, at, length);
        valueLeft -= length;
        if (valueLeft == 0) {
            endValue(json.out());
        }
        return at + length;
    }

    private void endValue(final ByteWriter out) {
        if (isError) {
            out.put('"');
            KeysCodec.endError(storeIndex, out);
            next = Next.END;
            return;
        }
        if ((flags & EventFlyweight.NODE_HAS_VALUE) != 0) {
            out.put('"');
        }
        if ((flags & EventFlyweight.NODE_DIR) != 0) {
            field(EventPrinter.DIR, out);
        }
        if ((flags & EventFlyweight.NODE_HAS_EXPIRATION) != 0) {
            field(EventPrinter.EXPIRATION, out);
            UtcTime.putRfc3339(out, expirationNanos);
            out.put('"');
        }
        if (ttlSeconds != 0) {
            field(EventPrinter.TTL, out);
            out.putSigned(ttlSeconds);
        }
        if (childCount > 0) {
            field(EventPrinter.NODES, out);
            push();
            next = Next.NODE;
        } else {
            endNode(out);
        }
    }

    private void endNode(final ByteWriter out) {
        indexes(out);
        while (depth > 0 && --open[3 * depth - 3] == 0) {
            depth--;
            modifiedIndex = open[3 * depth + 1];
            createdIndex = open[3 * depth + 2];
            out.put(']');
            hasFields = true;
            indexes(out);
        }
        if (depth > 0) {
            out.put(',');
            next = Next.NODE;
        } else if (hasPrevNode) {
            hasPrevNode = false;
            out.put(EventPrinter.PREV_NODE);
            next = Next.NODE;
        } else {
            out.put(EventPrinter.END);
            next = Next.END;
        }
    }

    private void indexes(final ByteWriter out) {
        if (modifiedIndex != 0) {
            field(EventPrinter.MODIFIED, out);
            out.putUnsigned(modifiedIndex);
        }
        if (createdIndex != 0) {
            field(EventPrinter.CREATED, out);
            out.putUnsigned(createdIndex);
        }
        out.put('}');
    }

    private void push() {
        if (3 * depth == open.length) {
            open = Arrays.copyOf(open, open.length * 2);
        }
        open[3 * depth] = childCount;
        open[3 * depth + 1] = modifiedIndex;
        open[3 * depth + 2] = createdIndex;
        depth++;
    }

    private void field(final byte[] name, final ByteWriter out) {
        if (hasFields) {
            out.put(',');
        }
        hasFields = true;
        out.put(name);
    }
}
