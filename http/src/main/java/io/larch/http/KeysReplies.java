package io.larch.http;

import io.larch.engine.codec.ErrorCode;
import io.larch.engine.port.Reply;
import io.larch.http.keys.KeysCodec;
import io.larch.http.wire.HttpRequest;
import io.larch.http.wire.ReplyWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Prints the replies of /v2/keys. Buffers are the caller's.
 *
 * <p>One event loop's.
 */
final class KeysReplies {
    private final KeysCodec keys;
    private final ReplyWriter replies;

    /**
     * @param keys prints into the writer's body.
     */
    KeysReplies(final KeysCodec keys, final ReplyWriter replies) {
        this.keys = keys;
        this.replies = replies;
    }

    /** A whole result. */
    ByteBuf result(
            final ByteBufAllocator allocator,
            final HttpRequest request,
            final boolean isNoValueOnSuccess,
            final Reply result) {
        replies.body();
        if (isNoValueOnSuccess) {
            keys.printWithoutValue(result.bytes(), result.offset());
        } else {
            keys.print(result.bytes(), result.offset(), result.listing());
        }
        return replies.keys(
                allocator,
                request,
                statusOf(result),
                result.storeIndex(),
                result.raftIndex(),
                result.raftTerm());
    }

    /** An error of the engine. */
    ByteBuf error(final ByteBufAllocator allocator, final HttpRequest request, final Reply error) {
        replies.body();
        keys.printError(
                error.error(), error.bytes(), error.offset(), error.length(), error.storeIndex());
        return error(allocator, request, error.error(), error.storeIndex());
    }

    /** An error that the engine has nothing to do with. */
    ByteBuf error(
            final ByteBufAllocator allocator,
            final HttpRequest request,
            final ErrorCode code,
            final String cause) {
        replies.body();
        keys.printError(code, cause, 0);
        return error(allocator, request, code, 0);
    }

    private ByteBuf error(
            final ByteBufAllocator allocator,
            final HttpRequest request,
            final ErrorCode code,
            final long storeIndex) {
        return replies.keys(
                allocator,
                request,
                code.status(),
                storeIndex,
                ReplyWriter.NO_INDEX,
                ReplyWriter.NO_INDEX);
    }

    /** The head of a reply whose body follows: a watch's, or a long one's. */
    ByteBuf head(
            final ByteBufAllocator allocator,
            final HttpRequest request,
            final int status,
            final Reply reply) {
        final boolean isError = reply.kind() == Reply.Kind.ERROR;
        return replies.streamHead(
                allocator,
                request,
                status,
                reply.storeIndex(),
                isError ? ReplyWriter.NO_INDEX : reply.raftIndex(),
                isError ? ReplyWriter.NO_INDEX : reply.raftTerm());
    }

    static int statusOf(final Reply result) {
        return result.isCreated() ? 201 : 200;
    }
}
