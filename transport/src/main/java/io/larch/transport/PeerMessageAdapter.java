package io.larch.transport;

import io.aeron.Image;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import io.larch.engine.port.PeerHandler;
import io.larch.engine.raft.RaftMessage;
import java.nio.ByteOrder;
import java.util.function.LongConsumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Checks what arrived and passes it on: messages to the engine, parts to the transport. What fails
 * a check is counted and dropped. Nothing outside of a frame is read.
 */
final class PeerMessageAdapter implements FragmentHandler {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int LONGEST_COPIED = 64 << 10;

    /** These lie at the same place in all frames. */
    private static final int COMMON_LENGTH = RaftMessage.TERM_OFFSET;

    private final PeerIdentity identity;
    private final TransportCounters counters;
    private final LongConsumer heard;
    private final PartHandler parts;
    private final RaftMessage message = new RaftMessage();
    private final PartFlyweight part = new PartFlyweight();
    private final FrameChecksum checksum = new FrameChecksum();
    private final UnsafeBuffer copy = new UnsafeBuffer(new byte[LONGEST_COPIED]);
    private PeerHandler handler;
    private Image image;
    private Image stray;
    private int delivered;

    /**
     * @param heard is told the sender of each good frame, before what is in it.
     */
    PeerMessageAdapter(
            final PeerIdentity identity,
            final TransportCounters counters,
            final LongConsumer heard,
            final PartHandler parts) {
        this.identity = identity;
        this.counters = counters;
        this.heard = heard;
        this.parts = parts;
    }

    /** Who takes the messages of the following fragments. */
    void begin(final PeerHandler messageHandler) {
        handler = messageHandler;
        delivered = 0;
    }

    /** Messages handed over since {@link #begin}. */
    int delivered() {
        return delivered;
    }

    @Override
    public void onFragment(
            final DirectBuffer buffer, final int offset, final int length, final Header header) {
        image = (Image) header.context();
        if (buffer.byteArray() == null && length <= LONGEST_COPIED) {
            copy.putBytes(0, buffer, offset, length);
            onFrame(copy, 0, length);
        } else {
            onFrame(buffer, offset, length);
        }
    }

    /**
     * A stream that brought a frame which is not for this member, nor are the others in it: what
     * lies between has led it here. Told once.
     */
    Image takeStray() {
        final Image taken = stray;
        stray = null;
        return taken;
    }

    /** One frame, from wherever. */
    void onFrame(final DirectBuffer frame, final int offset, final int length) {
        final TransportCounter fault = check(frame, offset, length);
        if (fault != null) {
            counters.increment(fault);
            if (isForOthers(fault) && !isDamaged(frame, offset, length)) {
                stray = image;
            }
            return;
        }
        counters.add(TransportCounter.BYTES_RECEIVED, length);
        heard.accept(frame.getLong(offset + RaftMessage.FROM_OFFSET, ORDER));
        if (schemaId(frame, offset) == RaftMessage.SCHEMA_ID) {
            counters.increment(TransportCounter.MESSAGES_RECEIVED);
            delivered++;
            handler.onMessage(message.wrap(frame, offset, length));
        } else {
            parts.onPart(part.wrap(frame, offset, length));
        }
    }

    /** A message whose pieces have arrived. */
    void onAssembled(final DirectBuffer whole, final int length) {
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
        if (!isMessage && schemaId(frame, offset) != PartFlyweight.SCHEMA_ID) {
            return TransportCounter.DROPPED_MALFORMED;
        }
        final int version = isMessage ? RaftMessage.VERSION : PartFlyweight.VERSION;
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
        return isMessage ? checkMessage(frame, offset, length) : checkPart(frame, offset, length);
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

    private TransportCounter checkPart(
            final DirectBuffer frame, final int offset, final int length) {
        if (length < PartFlyweight.HEADER_LENGTH) {
            return TransportCounter.DROPPED_MALFORMED;
        }
        if (isDamaged(frame, offset, length, PartFlyweight.CRC32C_OFFSET)) {
            return TransportCounter.DROPPED_DAMAGED;
        }
        return PartFlyweight.isWellFormed(frame, offset, length)
                ? null
                : TransportCounter.DROPPED_MALFORMED;
    }

    private static boolean isForOthers(final TransportCounter fault) {
        return fault == TransportCounter.DROPPED_FOREIGN
                || fault == TransportCounter.DROPPED_MISDIRECTED;
    }

    private boolean isDamaged(final DirectBuffer frame, final int offset, final int length) {
        final boolean isMessage = schemaId(frame, offset) == RaftMessage.SCHEMA_ID;
        final int slot = isMessage ? RaftMessage.CRC32C_OFFSET : PartFlyweight.CRC32C_OFFSET;
        return length < slot + Integer.BYTES || isDamaged(frame, offset, length, slot);
    }

    private boolean isDamaged(
            final DirectBuffer frame, final int offset, final int length, final int slot) {
        return checksum.of(frame, offset, length, slot) != frame.getInt(offset + slot, ORDER);
    }

    private static int schemaId(final DirectBuffer frame, final int offset) {
        return frame.getShort(offset + RaftMessage.SCHEMA_ID_OFFSET, ORDER) & 0xffff;
    }

    /** Takes the frames that are no messages of the core. */
    @FunctionalInterface
    interface PartHandler {
        /**
         * @param part well-formed; valid during the call only.
         */
        void onPart(PartFlyweight part);
    }
}
