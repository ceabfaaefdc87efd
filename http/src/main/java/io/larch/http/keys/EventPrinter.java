package io.larch.http.keys;

import io.larch.engine.codec.Action;
import io.larch.engine.codec.EventFlyweight;
import io.larch.http.text.Ascii;
import io.larch.http.text.ByteWriter;
import io.larch.http.text.JsonWriter;
import io.larch.http.text.UtcTime;
import java.util.Arrays;
import org.agrona.DirectBuffer;

/**
 * Prints events as etcd does: one line of JSON and a newline. Trees are walked with an own stack,
 * so that a path's depth is no matter.
 *
 * <p>Not threadsafe.
 */
final class EventPrinter {
    static final byte[] ACTION = Ascii.bytes("{\"action\":\"");
    static final byte[] NODE = Ascii.bytes("\",\"node\":");
    static final byte[] PREV_NODE = Ascii.bytes(",\"prevNode\":");
    static final byte[] END = Ascii.bytes("}\n");
    private static final byte[] ACTION_END = Ascii.bytes("\"}\n");
    static final byte[] KEY = Ascii.bytes("\"key\":");
    static final byte[] VALUE = Ascii.bytes("\"value\":");
    static final byte[] DIR = Ascii.bytes("\"dir\":true");
    static final byte[] EXPIRATION = Ascii.bytes("\"expiration\":\"");
    static final byte[] TTL = Ascii.bytes("\"ttl\":");
    static final byte[] NODES = Ascii.bytes("\"nodes\":[");
    static final byte[] MODIFIED = Ascii.bytes("\"modifiedIndex\":");
    static final byte[] CREATED = Ascii.bytes("\"createdIndex\":");

    private final JsonWriter json;
    private final ByteWriter out;
    private int[] openNodes = new int[16];
    private int[] childrenLeft = new int[16];

    EventPrinter(final JsonWriter json) {
        this.json = json;
        this.out = json.out();
    }

    /** Appends an event. */
    void print(final DirectBuffer event, final int offset) {
        out.put(ACTION).put(EventFlyweight.action(event, offset).text()).put(NODE);
        final int end = node(event, offset + EventFlyweight.HEADER_LENGTH);
        if ((EventFlyweight.flags(event, offset) & EventFlyweight.HAS_PREV_NODE) != 0) {
            out.put(PREV_NODE);
            node(event, end);
        }
        out.put(END);
    }

    /** Appends only the action: what noValueOnSuccess leaves of a write's reply. */
    void printAction(final Action action) {
        out.put(ACTION).put(action.text()).put(ACTION_END);
    }

    /** Prints a node with all below it; returns the offset behind its last record. */
    private int node(final DirectBuffer event, final int root) {
        int depth = 0;
        int at = root;
        while (true) {
            open(event, at);
            final int children = EventFlyweight.childCount(event, at);
            if (children > 0) {
                push(depth++, at, children);
                field(NODES);
                at = EventFlyweight.nodeEnd(event, at);
                continue;
            }
            close(event, at);
            at = EventFlyweight.nodeEnd(event, at);
            while (depth > 0 && --childrenLeft[depth - 1] == 0) {
                out.put(']');
                close(event, openNodes[--depth]);
            }
            if (depth == 0) {
                return at;
            }
            out.put(',');
        }
    }

    private void push(final int depth, final int offset, final int children) {
        if (depth == openNodes.length) {
            openNodes = Arrays.copyOf(openNodes, depth * 2);
            childrenLeft = Arrays.copyOf(childrenLeft, depth * 2);
        }
        openNodes[depth] = offset;
        childrenLeft[depth] = children;
    }

    /** The fields that stand before a node's children. */
    private void open(final DirectBuffer event, final int at) {
        final int flags = EventFlyweight.nodeFlags(event, at);
        out.put('{');
        final int keyLength = EventFlyweight.keyLength(event, at);
        if (keyLength > 0) {
            out.put(KEY);
            json.string(event, EventFlyweight.keyOffset(at), keyLength);
        }
        if ((flags & EventFlyweight.NODE_HAS_VALUE) != 0) {
            field(VALUE);
            json.string(
                    event,
                    EventFlyweight.valueOffset(event, at),
                    EventFlyweight.valueLength(event, at));
        }
        if ((flags & EventFlyweight.NODE_DIR) != 0) {
            field(DIR);
        }
        if ((flags & EventFlyweight.NODE_HAS_EXPIRATION) != 0) {
            field(EXPIRATION);
            UtcTime.putRfc3339(out, EventFlyweight.expirationNanos(event, at));
            out.put('"');
        }
        final long ttlSeconds = EventFlyweight.ttlSeconds(event, at);
        if (ttlSeconds != 0) {
            field(TTL);
            out.putSigned(ttlSeconds);
        }
    }

    /** The fields that stand behind a node's children. */
    private void close(final DirectBuffer event, final int at) {
        final long modifiedIndex = EventFlyweight.modifiedIndex(event, at);
        if (modifiedIndex != 0) {
            field(MODIFIED);
            out.putUnsigned(modifiedIndex);
        }
        final long createdIndex = EventFlyweight.createdIndex(event, at);
        if (createdIndex != 0) {
            field(CREATED);
            out.putUnsigned(createdIndex);
        }
        out.put('}');
    }

    private void field(final byte[] name) {
        if (out.bytes()[out.length() - 1] != '{') {
            out.put(',');
        }
        out.put(name);
    }
}
