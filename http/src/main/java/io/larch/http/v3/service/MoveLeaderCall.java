package io.larch.http.v3.service;

import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.port.QueryViews.LeaderMove;
import io.larch.http.v3.rpc.RpcCall;
import org.agrona.DirectBuffer;

/**
 * Hands leadership to a member; answered, without a header, when that one leads. Refused while
 * there are users of v2. One call's.
 */
final class MoveLeaderCall extends UnaryHandler {
    private static final int TARGET = 1;

    MoveLeaderCall(final ServiceLoop loop, final RpcCall call) {
        super(loop, call);
    }

    @Override
    public void onMessage(final DirectBuffer buffer, final int offset, final int length) {
        final ProtoReader reader = new ProtoReader().wrap(buffer, offset, length);
        long target = 0;
        while (reader.next()) {
            if (reader.field() == TARGET) {
                target = reader.number();
            }
        }
        if (reader.isBroken()) {
            Refusal.MALFORMED.end(call);
            return;
        }
        if (loop.engine().isGuarded()) {
            Refusal.PERMISSION_DENIED.end(call);
            return;
        }
        awaitEngine();
        if (!Queries.moveLeader(loop.engine(), call.outlet(), target, this::onMoved) && !isOver) {
            Refusal.TOO_MANY_REQUESTS.end(call);
        }
    }

    private void onMoved(final LeaderMove move) {
        if (isOver) {
            return;
        }
        switch (move) {
            case DONE -> {
                call.send(call.message(0));
                call.end();
            }
            case NOT_LEADER -> Refusal.NOT_LEADER.end(call);
            case BAD_TARGET -> Refusal.BAD_TRANSFEREE.end(call);
            case TIMED_OUT -> Refusal.TIMED_OUT.end(call);
        }
    }
}
