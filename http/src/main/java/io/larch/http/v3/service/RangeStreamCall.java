package io.larch.http.v3.service;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvError;
import io.larch.engine.codec.kv.KvReply;
import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.codec.kv.ProtoWriter;
import io.larch.engine.codec.kv.RangeChunk;
import io.larch.engine.port.Reply;
import io.larch.http.engine.EngineAnswers;
import io.larch.http.engine.LongAnswer;
import io.larch.http.output.Outlet;
import io.larch.http.v3.rpc.RpcCall;
import io.larch.http.v3.rpc.StatusCode;
import io.netty.buffer.ByteBuf;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A range that is told in chunks, each a message: {@code KV.RangeStream}. The next chunk is asked
 * for when the client takes more, so a client that does not read costs the request and a cursor,
 * and the engine nothing. A chunk is as long as the client's window has room for, within {@code
 * --max-request-bytes} and what the engine makes in one go.
 *
 * <p>Header, {@code more} and {@code count} are in the last message alone, as in etcd.
 */
final class RangeStreamCall extends UnaryHandler implements EngineAnswers {
    /** However small the window is: less is not worth a turn of the engine. */
    static final int LEAST_BYTES = 64 << 10;

    private static final Refusal NOT_PLAIN =
            new Refusal(
                    StatusCode.UNIMPLEMENTED,
                    "etcdserver: range stream takes no sort order but ascending keys, and no"
                            + " filters");

    private static final long NONE = 0;
    private static final int NOTHING_KEPT = -1;
    private static final int RANGE_RESPONSE = 1;
    private static final int HEAD_LENGTH = KvReply.HEAD_LENGTH + RangeChunk.FIELDS_OFFSET;
    private static final int LONG_HEAD_LENGTH =
            KvReply.SLICED_HEAD_LENGTH + RangeChunk.FIELDS_OFFSET;
    private static final byte[] NOTHING = {};

    /** A tag and a length. */
    private static final int MAX_FRAME_LENGTH = 6;

    private final UnsafeBuffer frame = new UnsafeBuffer(new byte[MAX_FRAME_LENGTH]);
    private RangeStreamRequest request;

    /** Bytes taken of the loop's budget for streams; {@link #NOTHING_KEPT} for none. */
    private int keptBytes = NOTHING_KEPT;

    private byte[] cursor = NOTHING;
    private long correlationId = NONE;

    /** The client has to take more before the next chunk is asked for. */
    private boolean isClientAwaited;

    // --- of a chunk that is too long for one message of the engine's ---

    /** Null without. */
    private LongAnswer parts;

    private boolean isFirstPart;
    private boolean isPartWanted;

    /** Bytes of fields that are to come. */
    private int fieldsLeft;

    /** Of the cursor. */
    private int cursorFilled;

    RangeStreamCall(final ServiceLoop loop, final RpcCall call) {
        super(loop, call);
    }

    @Override
    public Outlet connection() {
        return call.outlet();
    }

    // --- asks ---

    @Override
    public void onMessage(final DirectBuffer buffer, final int offset, final int length) {
        final Refusal refusal =
                new KvChecks().range(new ProtoReader().wrap(buffer, offset, length));
        if (refusal != null) {
            refusal.end(call);
            return;
        }
        final RangeStreamRequest asked = RangeStreamRequest.read(buffer, offset, length);
        if (!asked.isPlain()) {
            NOT_PLAIN.end(call);
        } else if (loop.engine().outputBudget().isExceeded() || !keep(asked.bytes().length)) {
            Refusal.TOO_MANY_REQUESTS.end(call);
        } else {
            request = asked;
            // Nothing grows while it does not read.
            call.bePatient();
            ask(asked.isSerializable() ? 0 : CommandEnvelope.QUORUM);
        }
    }

    /** Counts what is kept while the client takes its time. */
    private boolean keep(final int bytes) {
        keepNothing();
        final boolean isTaken = loop.streams().take(bytes);
        keptBytes = isTaken ? bytes : NOTHING_KEPT;
        return isTaken;
    }

    private void ask(final int flags) {
        awaitEngine();
        final long id = loop.engine().register(this);
        correlationId = id;
        final boolean isScarce = loop.engine().outputBudget().isScarce();
        final boolean isTaken =
                loop.offer(
                        KvCommand.RANGE_CHUNK,
                        flags | (isScarce ? CommandEnvelope.SPARING : 0),
                        id,
                        (target, at) ->
                                RangeChunk.encode(
                                        target, at, chunkBytes(), cursor, request.bytes()));
        if (!isTaken && !isOver && correlationId == id) {
            loop.engine().forget(id);
            correlationId = NONE;
            Refusal.TOO_MANY_REQUESTS.end(call);
        }
    }

    private int chunkBytes() {
        return (int)
                Math.min(
                        loop.settings().maxRequestBytes(),
                        Math.max(LEAST_BYTES, call.windowBytes()));
    }

    /** Asks for the next chunk, unless the client has to take more first. */
    private void goOn() {
        if (isClientAwaited && !call.isBehind() && call.isWritable()) {
            isClientAwaited = false;
            ask(0);
        }
    }

    // --- a chunk ---

    @Override
    public void onResult(final Reply result) {
        correlationId = NONE;
        loop.noteTerm(result.raftTerm());
        final DirectBuffer bytes = result.bytes();
        final KvError error = KvReply.error(bytes, result.offset());
        if (error != null) {
            call.end(error.status(), error.text());
            return;
        }
        final int fieldsLength =
                RangeChunk.fieldsLength(bytes, result.offset() + KvReply.HEAD_LENGTH);
        final int cursorLength = result.length() - HEAD_LENGTH - fieldsLength;
        final int at = result.offset() + HEAD_LENGTH;
        cursor = cursorLength == 0 ? NOTHING : new byte[cursorLength];
        bytes.getBytes(at + fieldsLength, cursor);
        if (cursorLength == 0 || fieldsLength > 0) {
            final int headerLength = encodeHeader(result, cursorLength == 0);
            final int frameLength = encodeFrame(headerLength + fieldsLength);
            final ByteBuf message = call.message(frameLength + headerLength + fieldsLength);
            writeHead(message, frameLength, headerLength);
            loop.append(message, bytes, at, fieldsLength);
            call.send(message);
        }
        onChunkEnd();
    }

    private int encodeHeader(final Reply result, final boolean isLast) {
        return isLast ? loop.header().encode(result.storeIndex(), result.raftTerm()) : 0;
    }

    private int encodeFrame(final int responseLength) {
        return ProtoWriter.head(frame, 0, RANGE_RESPONSE, responseLength);
    }

    private void writeHead(final ByteBuf message, final int frameLength, final int headerLength) {
        message.writeBytes(frame.byteArray(), 0, frameLength);
        if (headerLength > 0) {
            loop.header().writeTo(message);
        }
    }

    private void onChunkEnd() {
        if (isOver) {
            return;
        }
        if (cursor.length == 0) {
            call.end();
        } else if (!keep(request.bytes().length + cursor.length)) {
            Refusal.TOO_MANY_REQUESTS.end(call);
        } else {
            // From now on it takes as long as the client does.
            call.expireAt(RpcCall.NEVER);
            isClientAwaited = true;
            goOn();
        }
    }

    @Override
    public void onError(final Reply error) {
        correlationId = NONE;
        EngineFailure.of(error).end(call);
    }

    // --- a chunk in parts, of a single key that is long ---

    @Override
    public void onReadOpened() {
        isFirstPart = true;
        parts = loop.engine().open(call.outlet(), correlationId);
        parts.start();
    }

    @Override
    public void onReadPart(final Reply part) {
        int at = part.offset();
        if (isFirstPart) {
            isFirstPart = false;
            call.expireAt(RpcCall.NEVER);
            beginLong(part);
            at += LONG_HEAD_LENGTH;
        }
        final int end = part.offset() + part.length();
        final int fields = Math.min(fieldsLeft, end - at);
        if (fields > 0) {
            final ByteBuf piece = call.alloc().directBuffer(fields);
            loop.append(piece, part.bytes(), at, fields);
            fieldsLeft -= fields;
            call.sendPiece(piece);
        }
        if (isOver) {
            return;
        }
        final int rest = end - at - fields;
        part.bytes().getBytes(at + fields, cursor, cursorFilled, rest);
        cursorFilled += rest;
        if (part.isLast()) {
            correlationId = NONE;
            endParts();
            onChunkEnd();
        } else {
            isPartWanted = true;
            askForMore();
        }
    }

    private void beginLong(final Reply part) {
        final long bodyLength = KvReply.bodyLength(part.bytes(), part.offset());
        fieldsLeft =
                RangeChunk.fieldsLength(part.bytes(), part.offset() + KvReply.SLICED_HEAD_LENGTH);
        final int cursorLength = (int) (bodyLength - RangeChunk.FIELDS_OFFSET - fieldsLeft);
        cursor = cursorLength == 0 ? NOTHING : new byte[cursorLength];
        cursorFilled = 0;
        final int headerLength = encodeHeader(part, cursorLength == 0);
        final int frameLength = encodeFrame(headerLength + fieldsLeft);
        final ByteBuf head = call.alloc().directBuffer(frameLength + headerLength);
        writeHead(head, frameLength, headerLength);
        call.sendLong((long) frameLength + headerLength + fieldsLeft, head);
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

    private void endParts() {
        parts.end();
        parts.release();
        parts = null;
    }

    // --- the call's news ---

    @Override
    public void onWritable() {
        if (parts != null) {
            askForMore();
        } else {
            goOn();
        }
    }

    /** The engine has nothing of it while the client is waited for. */
    @Override
    public void onShutdown() {
        if (isClientAwaited) {
            Refusal.STOPPED.end(call);
        }
    }

    @Override
    public void onClosed() {
        super.onClosed();
        keepNothing();
        if (parts != null) {
            if (correlationId != NONE) {
                parts.cancel();
            }
            endParts();
        } else if (correlationId != NONE) {
            loop.engine().cancel(correlationId);
        }
        correlationId = NONE;
    }

    private void keepNothing() {
        if (keptBytes != NOTHING_KEPT) {
            loop.streams().give(keptBytes);
            keptBytes = NOTHING_KEPT;
        }
    }
}
