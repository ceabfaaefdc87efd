package io.larch.transport.frame;

import io.larch.engine.port.PeerHandler;
import io.larch.engine.raft.RaftMessage;
import io.larch.transport.TransportCounter;
import io.larch.transport.TransportCounters;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/**
 * Checks what arrived and passes it on: messages to the engine, frames of the transports' own to
 * the transport. What fails a check is counted and dropped. Nothing outside of a frame is read.
 * Owned by the thread that drives the transport; allocates nothing.
 */
public final class FrameReader {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /** These lie at the same place in all frames. */
    private static final int COMMON_LENGTH = RaftMessage.TERM_OFFSET;

    private final PeerIdentity identity;
    private final TransportCounters counters;
    private final FrameListener listener;
    private final RaftMessage message = new RaftMessage();
    private final TransportFrame transportFrame = new TransportFrame();
    private final FrameChecksum checksum = new FrameChecksum();
    private PeerHandler handler;
    private int delivered;

    public FrameReader(
            final PeerIdentity identity,
            final TransportCounters counters,
            final FrameListener listener) {
        this.identity = identity;
        this.counters = counters;
        this.listener = listener;
    }

    /** Who takes the messages of the following frames. */
    public void begin(final PeerHandler messageHandler) {
        handler = messageHandler;
        delivered = 0;
    }

    /** Messages handed over since {@link #begin}. */
    public int delivered() {
        return delivered;
    }

    /** One frame, from wherever; its bytes are used during the call only. */
    public void onFrame(final DirectBuffer frame, final int offset, final int length) {
        final TransportCounter fault = check(frame, offset, length);
        if (fault != null) {
            counters.increment(fault);
            if (isForOthers(fault) && !isDamaged(frame, offset, length)) {
                listener.onStray();
            }
            return;
        }
        counters.add(TransportCounter.BYTES_RECEIVED, length);
        listener.onHeard(frame.getLong(offset + RaftMessage.FROM_OFFSET, ORDER));
        if (schemaId(frame, offset) == RaftMessage.SCHEMA_ID) {
            counters.increment(TransportCounter.MESSAGES_RECEIVED);
            delivered++;
            handler.onMessage(message.wrap(frame, offset, length));
        } else {
            listener.onTransportFrame(transportFrame.wrap(frame, offset, length));
        }
    }

    /** A message whose pieces have arrived. */
    public void onAssembled(final DirectBuffer whole, final int length) {
        if (length >= COMMON_LENGTH && schemaId(whole, 0) == RaftMessage.SCHEMA_ID) {
            onFrame(whole, 0, length);
        } else {
            counters.increment(TransportCounter.DROPPED_MALFORMED);
        }
    }

    /** What is wrong with a frame; null when nothing is. */
    private TransportCounter check(final DirectBuffer frame, final int offset, final int length) {
        if (length < COMMON_LENGTH) {
            return TransportCounter.DROPPED_MALFORMED;
        }
        final boolean isMessage = schemaId(frame, offset) == RaftMessage.SCHEMA_ID;
        if (!isMessage && schemaId(frame, offset) != TransportFrame.SCHEMA_ID) {
            return TransportCounter.DROPPED_MALFORMED;
        }
        final int version = isMessage ? RaftMessage.VERSION : TransportFrame.VERSION;
        if ((frame.getShort(offset + RaftMessage.VERSION_OFFSET, ORDER) & 0xffff) != version) {
            return TransportCounter.DROPPED_VERSION;
        }
        if (frame.getLong(offset + RaftMessage.CLUSTER_ID_OFFSET, ORDER) != identity.clusterId()) {
            return TransportCounter.DROPPED_FOREIGN;
        }
        final long from = frame.getLong(offset + RaftMessage.FROM_OFFSET, ORDER);
        final long to = frame.getLong(offset + RaftMessage.TO_OFFSET, ORDER);
        if (to != identity.memberId() || from == identity.memberId() || from == 0) {
            return TransportCounter.DROPPED_MISDIRECTED;
        }
        return isMessage
                ? checkMessage(frame, offset, length)
                : checkTransportFrame(frame, offset, length);
    }

    private TransportCounter checkMessage(
            final DirectBuffer frame, final int offset, final int length) {
        if (length < RaftMessage.HEADER_LENGTH) {
            return TransportCounter.DROPPED_MALFORMED;
        }
        if (isDamaged(frame, offset, length, RaftMessage.CRC32C_OFFSET)) {
            return TransportCounter.DROPPED_DAMAGED;
        }
        if (!RaftMessage.isWellFormed(frame, offset, length)) {
            return TransportCounter.DROPPED_MALFORMED;
        }
        final long life = frame.getLong(offset + RaftMessage.TO_INCARNATION_OFFSET, ORDER);
        return life == 0 || life == identity.incarnation() ? null : TransportCounter.DROPPED_STALE;
    }

    private TransportCounter checkTransportFrame(
            final DirectBuffer frame, final int offset, final int length) {
        if (length < TransportFrame.HEADER_LENGTH) {
            return TransportCounter.DROPPED_MALFORMED;
        }
        if (isDamaged(frame, offset, length, TransportFrame.CRC32C_OFFSET)) {
            return TransportCounter.DROPPED_DAMAGED;
        }
        return TransportFrame.isWellFormed(frame, offset, length)
                ? null
                : TransportCounter.DROPPED_MALFORMED;
    }

    private static boolean isForOthers(final TransportCounter fault) {
        return fault == TransportCounter.DROPPED_FOREIGN
                || fault == TransportCounter.DROPPED_MISDIRECTED;
    }

    private boolean isDamaged(final DirectBuffer frame, final int offset, final int length) {
        final boolean isMessage = schemaId(frame, offset) == RaftMessage.SCHEMA_ID;
        final int slot = isMessage ? RaftMessage.CRC32C_OFFSET : TransportFrame.CRC32C_OFFSET;
        return length < slot + Integer.BYTES || isDamaged(frame, offset, length, slot);
    }

    private boolean isDamaged(
            final DirectBuffer frame, final int offset, final int length, final int slot) {
        return checksum.of(frame, offset, length, slot) != frame.getInt(offset + slot, ORDER);
    }

    private static int schemaId(final DirectBuffer frame, final int offset) {
        return frame.getShort(offset + RaftMessage.SCHEMA_ID_OFFSET, ORDER) & 0xffff;
    }
}
