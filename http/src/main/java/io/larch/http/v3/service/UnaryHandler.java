package io.larch.http.v3.service;

import io.larch.http.v3.rpc.RpcCall;
import io.larch.http.v3.rpc.RpcHandler;

/** What all calls with one request have in common. One call's. */
abstract class UnaryHandler implements RpcHandler {
    protected final ServiceLoop loop;
    protected final RpcCall call;
    protected boolean isOver;

    UnaryHandler(final ServiceLoop loop, final RpcCall call) {
        this.loop = loop;
        this.call = call;
    }

    /** The engine has to answer in time. */
    final void awaitEngine() {
        call.expireAt(loop.engine().nanoTime() + loop.settings().requestTimeoutNanos());
    }

    @Override
    public void onHalfClose() {
        // The request was whole, and is being answered.
    }

    @Override
    public void onWritable() {}

    @Override
    public void onTimeout() {
        Refusal.TIMED_OUT.end(call);
    }

    @Override
    public void onShutdown() {
        // The engine ends what it works on, and says so.
    }

    @Override
    public void onClosed() {
        isOver = true;
    }
}
