package io.larch.http.v3.service;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvError;
import io.larch.engine.codec.kv.KvReply;
import io.larch.engine.port.Reply;
import io.larch.http.engine.EngineAnswers;
import io.larch.http.engine.LongAnswer;
import io.larch.http.output.Outlet;
import io.larch.http.v3.rpc.RpcCall;
import io.netty.buffer.ByteBuf;
import org.agrona.DirectBuffer;

/**
 * A call that is one command and its answer, however long. The answer's message is the header and
 * what the engine prints.
 *
 * <p>When the client leaves, a write that was handed on goes on, and its answer is dropped.
 */
final class EngineCall extends UnaryHandler implements EngineAnswers {
    private static final long NONE = 0;

    private final EngineRequest request;
    private long correlationId = NONE;

    /** What the engine tells in parts; null when it does not. */
    private LongAnswer parts;

    private boolean isFirstPart = true;

    /** The engine is asked for the next part when the client takes more. */
    private boolean isPartWanted;

    EngineCall(final ServiceLoop loop, final RpcCall call, final EngineRequest request) {
        super(loop, call);
        this.request = request;
    }

    @Override
    public Outlet connection() {
        return call.outlet();
    }

    @Override
    public void onMessage(final DirectBuffer buffer, final int offset, final int length) {
        final Refusal refusal = request.look(buffer, offset, length);
        if (refusal != null) {
            refusal.end(call);
        } else if (KvCommand.isWrite(request.type())
                && length > loop.settings().maxRequestBytes()) {
            Refusal.REQUEST_TOO_LARGE.end(call);
        } else if (loop.engine().outputBudget().isExceeded()) {
            Refusal.TOO_MANY_REQUESTS.end(call);
        } else {
            offer(buffer, offset, length);
        }
    }

    private void offer(final DirectBuffer buffer, final int offset, final int length) {
        awaitEngine();
        final long id = loop.engine().register(this);
        correlationId = id;
        final boolean isScarce = loop.engine().outputBudget().isScarce();
        final int flags = request.flags() | (isScarce ? CommandEnvelope.SPARING : 0);
        final boolean isTaken = loop.offer(request, flags, id, buffer, offset, length);
        if (!isTaken && !isOver && correlationId == id) {
            loop.engine().forget(id);
            correlationId = NONE;
            Refusal.TOO_MANY_REQUESTS.end(call);
        }
    }

    // --- one answer ---

    @Override
    public void onResult(final Reply result) {
        correlationId = NONE;
        final KvError error = KvReply.error(result.bytes(), result.offset());
        if (error != null) {
            call.end(error.status(), error.text());
            return;
        }
        loop.reply(
                call,
                result.storeIndex(),
                result.raftTerm(),
                result.bytes(),
                result.offset() + KvReply.HEAD_LENGTH,
                result.length() - KvReply.HEAD_LENGTH);
    }

    @Override
    public void onError(final Reply error) {
        correlationId = NONE;
        EngineFailure.of(error).end(call);
    }

    // --- an answer in parts ---

    @Override
    public void onReadOpened() {
        parts = loop.engine().open(call.outlet(), correlationId);
        parts.start();
    }

    @Override
    public void onReadPart(final Reply part) {
        final boolean isLast = part.isLast();
        if (isFirstPart) {
            isFirstPart = false;
            // From now on it takes as long as the client does.
            call.expireAt(RpcCall.NEVER);
            begin(part);
        } else if (part.length() > 0) {
            call.sendPiece(copy(part, 0));
        }
        if (isOver) {
            return;
        }
        if (isLast) {
            correlationId = NONE;
            call.end();
        } else {
            isPartWanted = true;
            askForMore();
        }
    }

    private void begin(final Reply part) {
        final int headerLength = loop.header().encode(part.storeIndex(), part.raftTerm());
        final int bodyLength = part.length() - KvReply.SLICED_HEAD_LENGTH;
        final ByteBuf first = call.alloc().directBuffer(headerLength + bodyLength);
        loop.header().writeTo(first);
        loop.append(first, part.bytes(), part.offset() + KvReply.SLICED_HEAD_LENGTH, bodyLength);
        call.sendLong(headerLength + KvReply.bodyLength(part.bytes(), part.offset()), first);
    }

    private ByteBuf copy(final Reply part, final int from) {
        final int length = part.length() - from;
        final ByteBuf piece = call.alloc().directBuffer(length);
        loop.append(piece, part.bytes(), part.offset() + from, length);
        return piece;
    }

    /** One part waits for the client at most while the next is made. */
    private void askForMore() {
        if (isPartWanted && call.pendingBytes() <= Reply.PART_BYTES) {
            isPartWanted = false;
            parts.more();
        }
    }

    @Override
    public void onReadCut() {
        correlationId = NONE;
        parts.end();
        if (isFirstPart) {
            Refusal.TIMED_OUT.end(call);
        } else {
            // In the middle of a message no status can follow.
            call.outlet().abort();
        }
    }

    @Override
    public void onWritable() {
        if (parts != null) {
            askForMore();
        }
    }

    // --- ends before there is an answer ---

    @Override
    public void onClosed() {
        super.onClosed();
        if (parts != null) {
            if (correlationId != NONE) {
                parts.cancel();
            }
            parts.end();
            parts.release();
        } else if (correlationId != NONE) {
            loop.engine().cancel(correlationId);
        }
        correlationId = NONE;
    }
}
