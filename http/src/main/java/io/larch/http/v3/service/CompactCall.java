package io.larch.http.v3.service;

import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvError;
import io.larch.engine.codec.kv.KvReply;
import io.larch.engine.codec.kv.KvStatus;
import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.port.Reply;
import io.larch.http.engine.EngineAnswers;
import io.larch.http.output.Outlet;
import io.larch.http.v3.rpc.CallTimers;
import io.larch.http.v3.rpc.RpcCall;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A compaction. One that is {@code physical} is answered when this member has swept away what it
 * made void, and asks for that from time to time; as in etcd it waits for as long as its client
 * does. When the member cannot tell any more the call fails: the compaction itself has been done.
 */
final class CompactCall extends UnaryHandler implements EngineAnswers {
    private static final int REVISION = 1;
    private static final int PHYSICAL = 2;
    private static final long NONE = 0;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final DirectBuffer NOTHING = new UnsafeBuffer(0, 0);

    private long compacted;
    private boolean isPhysical;
    private long correlationId = NONE;
    private long timer = CallTimers.NONE;

    /** It is done, and only the sweep is waited for. */
    private boolean isDone;

    /** Of the answer to the compaction. */
    private long revision;

    private long raftTerm;

    CompactCall(final ServiceLoop loop, final RpcCall call) {
        super(loop, call);
    }

    @Override
    public Outlet connection() {
        return call.outlet();
    }

    @Override
    public void onMessage(final DirectBuffer buffer, final int offset, final int length) {
        final ProtoReader request = new ProtoReader().wrap(buffer, offset, length);
        while (request.next()) {
            if (request.field() == REVISION) {
                compacted = request.number();
            } else if (request.field() == PHYSICAL) {
                isPhysical = request.flag();
            }
        }
        if (request.isBroken()) {
            Refusal.MALFORMED.end(call);
        } else if (length > loop.settings().maxRequestBytes()) {
            Refusal.REQUEST_TOO_LARGE.end(call);
        } else if (loop.engine().outputBudget().isExceeded()) {
            Refusal.TOO_MANY_REQUESTS.end(call);
        } else if (!offer(KvCommand.COMPACT, buffer, offset, length)) {
            Refusal.TOO_MANY_REQUESTS.end(call);
        }
    }

    /** Returns false when the engine is full. */
    private boolean offer(
            final byte type, final DirectBuffer buffer, final int offset, final int length) {
        awaitEngine();
        final long id = loop.engine().register(this);
        correlationId = id;
        final boolean isTaken = loop.offer(type, 0, id, buffer, offset, length);
        if (!isTaken && correlationId == id) {
            loop.engine().forget(id);
            correlationId = NONE;
        }
        return isTaken || isOver;
    }

    @Override
    public void onResult(final Reply result) {
        correlationId = NONE;
        final KvError error = KvReply.error(result.bytes(), result.offset());
        if (error != null) {
            call.end(error.status(), error.text());
        } else if (isDone) {
            onStatus(
                    KvStatus.decode(result.bytes(), result.offset() + KvReply.HEAD_LENGTH)
                            .sweptRevision());
        } else {
            isDone = true;
            revision = result.storeIndex();
            raftTerm = result.raftTerm();
            if (isPhysical) {
                askLater();
            } else {
                answer();
            }
        }
    }

    private void onStatus(final long sweptRevision) {
        if (sweptRevision >= compacted) {
            answer();
        } else {
            askLater();
        }
    }

    private void answer() {
        loop.reply(call, revision, raftTerm, NOTHING, 0, 0);
    }

    private void askLater() {
        call.expireAt(RpcCall.NEVER);
        final long now = loop.engine().nanoTime();
        timer = loop.timers().set(now + PAUSE_NANOS, now, this::ask);
    }

    private void ask() {
        timer = CallTimers.NONE;
        if (!offer(KvCommand.STORE_STATUS, NOTHING, 0, 0)) {
            askLater();
        }
        loop.engine().flushUnlessReading();
    }

    @Override
    public void onError(final Reply error) {
        correlationId = NONE;
        EngineFailure.of(error).end(call);
    }

    /** The engine knows nothing of it between two questions. */
    @Override
    public void onShutdown() {
        if (isDone) {
            Refusal.STOPPED.end(call);
        }
    }

    @Override
    public void onClosed() {
        super.onClosed();
        loop.timers().clear(timer);
        if (correlationId != NONE) {
            loop.engine().cancel(correlationId);
            correlationId = NONE;
        }
    }
}
