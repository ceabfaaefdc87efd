package io.larch.http.v3.service;

import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.codec.kv.ProtoWriter;
import io.larch.http.output.Outlet;
import io.larch.http.v3.rpc.RpcCall;
import io.larch.http.v3.rpc.RpcHandler;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongArrayList;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A client's stream of keepalives: each is answered, in their order. Of those that came, no more
 * than {@link #MAX_AWAITED} are with the engine, and none more while the client is behind with its
 * answers; the ids of the others wait, and the client is held back until none does.
 *
 * <p>One call's.
 */
final class KeepAliveStream implements RpcHandler, KeepAlives.Keeper {
    private static final int ID = 1;
    private static final int ANSWER_ID = 2;
    private static final int ANSWER_TTL = 3;
    private static final int MAX_ANSWER_BYTES = 22;
    private static final int MAX_AWAITED = 1_024;

    private final ServiceLoop loop;
    private final RpcCall call;
    private final KeepAlives keepAlives;
    private final LeaderWatch leaders;
    private final ProtoReader reader = new ProtoReader();
    private final UnsafeBuffer body = new UnsafeBuffer(new byte[MAX_ANSWER_BYTES]);

    /** Those that wait, from a place on; the ones before it are with the engine. */
    private final LongArrayList waiting = new LongArrayList();

    private int nextWaiting;
    private int awaited;
    private boolean isOver;
    private boolean isEnding;

    KeepAliveStream(
            final ServiceLoop loop,
            final RpcCall call,
            final KeepAlives keepAlives,
            final LeaderWatch leaders) {
        this.loop = loop;
        this.call = call;
        this.keepAlives = keepAlives;
        this.leaders = leaders;
        if (LeaderWatch.isWanted(call)) {
            leaders.add(call);
        }
    }

    @Override
    public Outlet outlet() {
        return call.outlet();
    }

    @Override
    public void onMessage(final DirectBuffer buffer, final int offset, final int length) {
        long id = 0;
        reader.wrap(buffer, offset, length);
        while (reader.next()) {
            if (reader.field() == ID) {
                id = reader.number();
            }
        }
        if (reader.isBroken()) {
            Refusal.MALFORMED.end(call);
        } else {
            waiting.addLong(id);
            handOver();
        }
    }

    private void handOver() {
        while (nextWaiting < waiting.size()
                && awaited < MAX_AWAITED
                && !isOver
                && !call.isBehind()) {
            awaited++;
            keepAlives.keep(waiting.getLong(nextWaiting++), this);
        }
        if (nextWaiting == waiting.size()) {
            nextWaiting = 0;
            waiting.clear();
        }
        call.hold(!waiting.isEmpty());
    }

    @Override
    public void onKept(
            final long leaseId, final long ttlSeconds, final long revision, final long raftTerm) {
        awaited--;
        int at = ProtoWriter.number(body, 0, ANSWER_ID, leaseId);
        at = ProtoWriter.number(body, at, ANSWER_TTL, ttlSeconds);
        call.send(loop.message(call, revision, raftTerm, body, 0, at));
        if (awaited == 0) {
            handOver();
        }
        endIfDone();
    }

    @Override
    public void onFailed(final Refusal why) {
        why.end(call);
    }

    @Override
    public void onHalfClose() {
        isEnding = true;
        endIfDone();
    }

    private void endIfDone() {
        if (isEnding && awaited == 0 && waiting.isEmpty()) {
            call.end();
        }
    }

    @Override
    public void onWritable() {
        if (awaited == 0) {
            handOver();
        }
    }

    @Override
    public void onTimeout() {
        // A stream has no end of its own.
    }

    @Override
    public void onShutdown() {
        Refusal.STOPPED.end(call);
    }

    @Override
    public void onClosed() {
        isOver = true;
        waiting.clear();
        leaders.remove(call);
    }
}
