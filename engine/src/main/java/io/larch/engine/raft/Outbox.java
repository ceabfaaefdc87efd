package io.larch.engine.raft;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/**
 * Messages on their way out, and the one place where a message waits for the disk.
 *
 * <p>A message leaves when the log's stream is durable up to the position it was sent with, and
 * never before the term, vote and changes of the membership are under which it was sent. One that
 * had to wait into a later term is dropped: it is of no use to anyone.
 */
final class Outbox {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final RaftConfig config;
    private final MessageQueue leaving = new MessageQueue();
    private final MessageQueue waiting = new MessageQueue();
    private final RaftMessage message = new RaftMessage();
    private long durablePosition;
    private long heldUntil;
    private int start;
    private int length;

    Outbox(final RaftConfig config, final long durablePosition) {
        this.config = config;
        this.durablePosition = durablePosition;
    }

    boolean isEmpty() {
        return leaving.isEmpty();
    }

    /** Term, vote or a committed change of the membership lies before this position. */
    void holdUntil(final long position) {
        heldUntil = position;
    }

    /** Begins a message; the slots follow, then one of the send methods. */
    Outbox begin(final MessageType type, final long to, final long term) {
        start = leaving.nextOffset();
        length = RaftMessage.HEADER_LENGTH;
        RaftMessage.encodeHeader(leaving.buffer(), start, type);
        put(RaftMessage.CLUSTER_ID_OFFSET, config.clusterId());
        put(RaftMessage.FROM_OFFSET, config.id());
        put(RaftMessage.TO_OFFSET, to);
        put(RaftMessage.TERM_OFFSET, term);
        put(RaftMessage.FROM_INCARNATION_OFFSET, config.incarnation());
        return this;
    }

    Outbox toIncarnation(final long value) {
        return put(RaftMessage.TO_INCARNATION_OFFSET, value);
    }

    /** This message answers another one. */
    Outbox answering(final RaftMessage request) {
        put(RaftMessage.ECHO_NANOS_OFFSET, request.sendNanos());
        return toIncarnation(request.fromIncarnation());
    }

    Outbox index(final long value) {
        return put(RaftMessage.INDEX_OFFSET, value);
    }

    Outbox logTerm(final long value) {
        return put(RaftMessage.LOG_TERM_OFFSET, value);
    }

    Outbox commit(final long value) {
        return put(RaftMessage.COMMIT_OFFSET, value);
    }

    Outbox commitTerm(final long value) {
        return put(RaftMessage.COMMIT_TERM_OFFSET, value);
    }

    Outbox context(final long value) {
        return put(RaftMessage.CONTEXT_OFFSET, value);
    }

    Outbox flags(final int value) {
        leaving.buffer().putInt(start + RaftMessage.FLAGS_OFFSET, value, ORDER);
        return this;
    }

    /** Adds an entry to the body of an append. */
    void entry(
            final long term,
            final byte kind,
            final DirectBuffer body,
            final int offset,
            final int bodyLength) {
        final ExpandableArrayBuffer buffer = leaving.buffer();
        final int at = start + length;
        buffer.putLong(at + RaftMessage.ENTRY_TERM_OFFSET, term, ORDER);
        buffer.putInt(at + RaftMessage.ENTRY_LENGTH_OFFSET, bodyLength, ORDER);
        buffer.putInt(at + RaftMessage.ENTRY_KIND_OFFSET, kind & 0xff, ORDER);
        final int frameLength = (int) RaftMessage.entryFrameLength(bodyLength);
        final int padding = frameLength - RaftMessage.ENTRY_HEADER_LENGTH - bodyLength;
        buffer.putBytes(at + RaftMessage.ENTRY_HEADER_LENGTH, body, offset, bodyLength);
        if (padding > 0) {
            buffer.setMemory(at + frameLength - padding, padding, (byte) 0);
        }
        length += frameLength;
    }

    Outbox body(final DirectBuffer body, final int offset, final int bodyLength) {
        leaving.buffer().putBytes(start + length, body, offset, bodyLength);
        length += bodyLength;
        return this;
    }

    /** Sends as soon as term and vote are durable, which they mostly are. */
    void send() {
        sendWhenDurable(0);
    }

    /** Sends when the log's stream is durable up to a position. */
    void sendWhenDurable(final long position) {
        final ExpandableArrayBuffer buffer = leaving.buffer();
        buffer.putInt(
                start + RaftMessage.BODY_LENGTH_OFFSET, length - RaftMessage.HEADER_LENGTH, ORDER);
        final long needed = Math.max(position, heldUntil);
        if (needed <= durablePosition) {
            leaving.add(length, needed);
        } else {
            waiting.buffer().putBytes(waiting.nextOffset(), buffer, start, length);
            waiting.add(length, needed);
        }
    }

    /** The log's stream is durable up to a position: what waited for it may leave. */
    void persisted(final long position, final long currentTerm) {
        durablePosition = position;
        while (!waiting.isEmpty() && waiting.firstPosition() <= position) {
            final int offset = waiting.firstOffset();
            final int waited = waiting.firstLength();
            if (waiting.buffer().getLong(offset + RaftMessage.TERM_OFFSET, ORDER) >= currentTerm) {
                leaving.buffer().putBytes(leaving.nextOffset(), waiting.buffer(), offset, waited);
                leaving.add(waited, position);
            }
            waiting.removeFirst();
        }
    }

    /** Passes the messages that may leave and forgets them. */
    int drain(final Ready.MessageHandler handler) {
        int count = 0;
        while (!leaving.isEmpty()) {
            message.wrap(leaving.buffer(), leaving.firstOffset(), leaving.firstLength());
            handler.onMessage(message);
            leaving.removeFirst();
            count++;
        }
        return count;
    }

    private Outbox put(final int field, final long value) {
        leaving.buffer().putLong(start + field, value, ORDER);
        return this;
    }
}
