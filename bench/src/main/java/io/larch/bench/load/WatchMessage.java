package io.larch.bench.load;

import io.larch.engine.codec.kv.ProtoReader;
import org.agrona.DirectBuffer;

/** Reads WatchResponses, as far as a count of events needs it. */
final class WatchMessage {
    private static final int HEADER = 1;
    private static final int WATCH_ID = 2;
    private static final int CREATED = 3;
    private static final int CANCELED = 4;
    private static final int EVENTS = 11;
    private static final int HEADER_REVISION = 3;
    private static final int EVENT_KV = 2;
    private static final int KV_MOD_REVISION = 3;
    private static final int KV_VALUE = 5;

    private final ProtoReader message = new ProtoReader();
    private final ProtoReader inner = new ProtoReader();
    private final ProtoReader kv = new ProtoReader();
    private final Listener listener;

    /** Told what a message says. */
    interface Listener {
        /** A watch listens from behind a revision on. */
        void onCreated(long watchId, long revision);

        /** A watch is over, or was refused. */
        void onCanceled(long watchId);

        /** A key was put; the value is valid during the call. */
        void onPut(
                long watchId,
                long modRevision,
                DirectBuffer buffer,
                int valueOffset,
                int valueLength);
    }

    WatchMessage(final Listener listener) {
        this.listener = listener;
    }

    /** Reads one message. */
    void read(final DirectBuffer buffer, final int offset, final int length) {
        long watchId = 0;
        long revision = 0;
        boolean isCreated = false;
        boolean isCanceled = false;
        message.wrap(buffer, offset, length);
        while (message.next()) {
            switch (message.field()) {
                case HEADER -> revision = number(message, HEADER_REVISION);
                case WATCH_ID -> watchId = message.number();
                case CREATED -> isCreated = message.flag();
                case CANCELED -> isCanceled = message.flag();
                // They come behind the id: fields are written in the order of their numbers.
                case EVENTS -> readEvent(watchId);
                default -> {
                    // Not counted.
                }
            }
        }
        if (message.isBroken()) {
            throw new IllegalStateException("not a WatchResponse");
        }
        if (isCanceled) {
            listener.onCanceled(watchId);
        } else if (isCreated) {
            listener.onCreated(watchId, revision);
        }
    }

    private long number(final ProtoReader field, final int wanted) {
        inner.wrap(field);
        long number = 0;
        while (inner.next()) {
            if (inner.field() == wanted) {
                number = inner.number();
            }
        }
        return number;
    }

    private void readEvent(final long watchId) {
        inner.wrap(message);
        while (inner.next()) {
            if (inner.field() == EVENT_KV) {
                readKv(watchId);
            }
        }
    }

    private void readKv(final long watchId) {
        long modRevision = 0;
        int valueOffset = 0;
        int valueLength = 0;
        kv.wrap(inner);
        while (kv.next()) {
            if (kv.field() == KV_MOD_REVISION) {
                modRevision = kv.number();
            } else if (kv.field() == KV_VALUE) {
                valueOffset = kv.offset();
                valueLength = kv.length();
            }
        }
        listener.onPut(watchId, modRevision, kv.buffer(), valueOffset, valueLength);
    }
}
