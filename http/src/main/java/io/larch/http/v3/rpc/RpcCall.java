package io.larch.http.v3.rpc;

import io.larch.http.output.Outlet;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * One call of a client, as its service sees it: where its answer goes.
 *
 * <p>On the event loop's thread.
 */
public interface RpcCall {
    /** A time that never comes. */
    long NEVER = Long.MAX_VALUE;

    /** Whose it is; what goes wrong ends that. */
    Outlet outlet();

    ByteBufAllocator alloc();

    /** A client's word about its call; null without. */
    CharSequence metadata(String name);

    /**
     * Room for a message of so many bytes, to be written into and then {@link #send sent}.
     *
     * @return the caller's until it is sent.
     */
    ByteBuf message(int length);

    /** Sends a message and takes it over. */
    void send(ByteBuf message);

    /** Sends the only message of a call and takes it over; the call is over, and went well. */
    default void answer(final ByteBuf message) {
        send(message);
        end();
    }

    /**
     * As {@link #message}, for one of a few KiB at most, which is written at once and sent by
     * {@link #sendShort}: perhaps behind others in the same buffer.
     */
    default ByteBuf shortMessage(final int length) {
        return message(length);
    }

    /** Sends what {@link #shortMessage} has given room for, now that all of it is written. */
    default void sendShort(final ByteBuf message) {
        send(message);
    }

    /**
     * Begins a message that follows in pieces.
     *
     * @param length of all pieces.
     * @param first the first of them; taken over.
     */
    void sendLong(long length, ByteBuf first);

    /** Sends a further piece and takes it over. */
    void sendPiece(ByteBuf piece);

    /** The call is over, and went well. */
    void end();

    /** The call is over, with a status of {@link StatusCode} and a text. */
    void end(int status, String text);

    /** Whether the client takes what is sent now. */
    boolean isWritable();

    /** Bytes that the client's window has room for now; 0 for one without a window. */
    default long windowBytes() {
        return 0;
    }

    /** What was sent and the client's window does not let through. */
    long pendingBytes();

    /**
     * Whether so much waits for the client that what it asks for had better wait too; {@link
     * RpcHandler#onWritable} follows when it has taken it.
     */
    default boolean isBehind() {
        return false;
    }

    /** While a client is held back, it may send no more than its window has room for. */
    default void hold(final boolean isHeld) {
        // A call whose messages are here as it begins has nobody to hold back.
    }

    /** A client of this call may be slow for as long as it likes: nothing grows by it. */
    void bePatient();

    /**
     * The service gives up at this time, unless the client has set an earlier one; {@link
     * RpcHandler#onTimeout} is called then. By the clock of time-outs.
     *
     * @param nanos {@link #NEVER}: it waits as long as the client does.
     */
    void expireAt(long nanos);
}
