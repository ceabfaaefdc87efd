package io.larch.engine.request;

import io.larch.engine.codec.ErrorCode;
import io.larch.engine.port.Reply;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * How a reply lies in a {@link ReplyRing}, whose messages' type says its kind. In the machine's own
 * byte order, since it leaves no process.
 *
 * <pre>
 *   0                8        12       16            24           32          40        48
 *   +----------------+--------+--------+-------------+------------+-----------+---------+-------
 *   | correlation id | error  | flags  | store index | raft index | raft term | listing | bytes ...
 *   +----------------+--------+--------+-------------+------------+-----------+---------+-------
 *
 *   an event:
 *   +----------------+----------------+-----+----------------+--------
 *   | watches: count | correlation id | ... | correlation id | bytes ...
 *   +----------------+----------------+-----+----------------+--------
 * </pre>
 *
 * <p>Keeps the array that watches are decoded into, so it has one thread.
 */
final class ReplyFrame {
    private static final int CORRELATION_ID = 0;
    private static final int ERROR = 8;
    private static final int FLAGS = 12;
    private static final int STORE_INDEX = 16;
    private static final int RAFT_INDEX = 24;
    private static final int RAFT_TERM = 32;
    private static final int LISTING = 40;
    private static final int HEAD_LENGTH = 48;

    private static final int CREATED = 1;
    private static final int LAST = 2;

    private static final Reply.Kind[] KINDS = Reply.Kind.values();
    static final int TYPES = KINDS.length;

    private long[] watches = new long[64];

    /** The type of a message in the ring: 1 to {@link #TYPES}. */
    static int type(final Reply.Kind kind) {
        return kind.ordinal() + 1;
    }

    /** Writes all but the bytes, and tells its length. */
    static int encodeHead(final Reply reply, final MutableDirectBuffer target) {
        return reply.kind() == Reply.Kind.EVENT
                ? encodeWatches(reply, target)
                : encodeAnswer(reply, target);
    }

    private static int encodeAnswer(final Reply reply, final MutableDirectBuffer target) {
        target.putLong(CORRELATION_ID, reply.correlationId());
        target.putInt(ERROR, reply.error() == null ? 0 : reply.error().code());
        target.putInt(FLAGS, (reply.isCreated() ? CREATED : 0) | (reply.isLast() ? LAST : 0));
        target.putLong(STORE_INDEX, reply.storeIndex());
        target.putLong(RAFT_INDEX, reply.raftIndex());
        target.putLong(RAFT_TERM, reply.raftTerm());
        target.putLong(LISTING, reply.listing());
        return HEAD_LENGTH;
    }

    private static int encodeWatches(final Reply reply, final MutableDirectBuffer target) {
        target.putLong(0, reply.watchCount());
        int at = Long.BYTES;
        for (int i = 0; i < reply.watchCount(); i++) {
            target.putLong(at, reply.watches()[i]);
            at += Long.BYTES;
        }
        return at;
    }

    /** Reads a reply whose bytes stay where they are. */
    void decode(
            final Reply reply,
            final int type,
            final DirectBuffer source,
            final int at,
            final int length) {
        final Reply.Kind kind = KINDS[type - 1];
        final int headLength =
                kind == Reply.Kind.EVENT
                        ? decodeWatches(reply, source, at)
                        : decodeAnswer(reply, kind, source, at);
        reply.bytes(source, at + headLength, length - headLength);
    }

    private static int decodeAnswer(
            final Reply reply, final Reply.Kind kind, final DirectBuffer source, final int at) {
        final int error = source.getInt(at + ERROR);
        final int flags = source.getInt(at + FLAGS);
        reply.begin(kind, source.getLong(at + CORRELATION_ID))
                .error(error == 0 ? null : ErrorCode.of(error))
                .created((flags & CREATED) != 0)
                .last((flags & LAST) != 0)
                .listing(source.getLong(at + LISTING))
                .indexes(
                        source.getLong(at + STORE_INDEX),
                        source.getLong(at + RAFT_INDEX),
                        source.getLong(at + RAFT_TERM));
        return HEAD_LENGTH;
    }

    private int decodeWatches(final Reply reply, final DirectBuffer source, final int at) {
        final int count = (int) source.getLong(at);
        if (watches.length < count) {
            watches = new long[Math.max(count, 2 * watches.length)];
        }
        for (int i = 0; i < count; i++) {
            watches[i] = source.getLong(at + (1 + i) * Long.BYTES);
        }
        reply.beginEvent(watches, count);
        return (1 + count) * Long.BYTES;
    }
}
