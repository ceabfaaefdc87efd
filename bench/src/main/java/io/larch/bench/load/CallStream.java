package io.larch.bench.load;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One gRPC call of a {@link StreamConnection}: cuts what arrives into messages, and knows how much
 * may be sent. Used by the load thread only.
 */
final class CallStream {
    /** Before each message: whether it is compressed, and its length. */
    static final int MESSAGE_HEAD_LENGTH = 5;

    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);
    private final ExpandableArrayBuffer part = new ExpandableArrayBuffer(0);
    private final StreamConnection connection;
    private final int id;
    private final Listener listener;
    private int partLength;
    private long window;

    /** Told what the server says. */
    interface Listener {
        /** A message; its bytes are valid during the call. */
        void onMessage(DirectBuffer buffer, int offset, int length);

        /** Nothing more comes; the call is right when its status is 0. */
        void onEnd(boolean isRight);
    }

    CallStream(
            final StreamConnection connection,
            final int id,
            final long window,
            final Listener listener) {
        this.connection = connection;
        this.id = id;
        this.window = window;
        this.listener = listener;
    }

    int id() {
        return id;
    }

    /**
     * Sends a message with the connection's next flush.
     *
     * @return false: the server takes no more for now, nothing was sent.
     */
    boolean send(final DirectBuffer message, final int length) {
        return connection.send(this, message, length, 0);
    }

    /** As {@link #send}, and says that it was the last one. */
    boolean sendLast(final DirectBuffer message, final int length) {
        return connection.send(this, message, length, Http2Frames.END_STREAM);
    }

    /** How many bytes of messages, with their heads, the server takes. */
    long window() {
        return window;
    }

    void window(final long more) {
        window += more;
    }

    void onData(final ByteBuffer arrived, final int offset, final int length) {
        view.wrap(arrived);
        if (partLength > 0) {
            keep(offset, length);
            partLength = pass(part, 0, partLength);
        } else {
            final int rest = pass(view, offset, length);
            if (rest > 0) {
                keep(offset + length - rest, rest);
            }
        }
    }

    private void keep(final int offset, final int length) {
        part.putBytes(partLength, view, offset, length);
        partLength += length;
    }

    /** Returns how many bytes at the end are no whole message; of the part they are moved. */
    private int pass(final DirectBuffer bytes, final int offset, final int length) {
        int at = offset;
        int rest = length;
        while (rest >= MESSAGE_HEAD_LENGTH) {
            final int messageLength = bytes.getInt(at + 1, ByteOrder.BIG_ENDIAN);
            if (rest < MESSAGE_HEAD_LENGTH + messageLength) {
                break;
            }
            listener.onMessage(bytes, at + MESSAGE_HEAD_LENGTH, messageLength);
            at += MESSAGE_HEAD_LENGTH + messageLength;
            rest -= MESSAGE_HEAD_LENGTH + messageLength;
        }
        if (bytes == part && at > 0) {
            part.putBytes(0, part, at, rest);
        }
        return rest;
    }

    void onEnd(final boolean isRight) {
        listener.onEnd(isRight);
    }
}
