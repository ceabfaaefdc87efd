package io.larch.http.v3.service;

import io.larch.http.v3.rpc.RpcCall;
import org.agrona.DirectBuffer;

/** A call whose request makes no difference. */
final class RefusedCall extends UnaryHandler {
    private final Refusal refusal;

    /**
     * @param refusal null: the answer is an empty message.
     */
    RefusedCall(final ServiceLoop loop, final RpcCall call, final Refusal refusal) {
        super(loop, call);
        this.refusal = refusal;
    }

    @Override
    public void onMessage(final DirectBuffer buffer, final int offset, final int length) {
        answer();
    }

    @Override
    public void onHalfClose() {
        answer();
    }

    private void answer() {
        if (isOver) {
            return;
        }
        if (refusal != null) {
            refusal.end(call);
        } else {
            call.send(call.message(0));
            call.end();
        }
    }
}
