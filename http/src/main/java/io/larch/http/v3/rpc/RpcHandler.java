package io.larch.http.v3.rpc;

import org.agrona.DirectBuffer;

/**
 * A service's side of one call.
 *
 * <p>On the event loop's thread. Nothing is called behind {@link #onClosed}.
 */
public interface RpcHandler {
    /** A message of the client's, valid during the call. */
    void onMessage(DirectBuffer buffer, int offset, int length);

    /** The client sends no more messages. */
    void onHalfClose();

    /** The client takes messages again. */
    void onWritable();

    /** The time of {@link RpcCall#expireAt} is over. */
    void onTimeout();

    /** The member stops. */
    void onShutdown();

    /** The call is over, whoever ended it: nothing may be kept. Called once. */
    void onClosed();
}
