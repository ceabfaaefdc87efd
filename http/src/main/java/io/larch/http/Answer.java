package io.larch.http;

import io.larch.engine.codec.ErrorCode;
import org.agrona.DirectBuffer;

/**
 * One answer of the engine, as it came: a result, a part of one, an error, or a watch's beginning.
 *
 * <p>One per event loop, reused for each. It is valid until anything is handed to the engine, which
 * may answer that at once, and until the connection goes on to its next request.
 */
final class Answer {
    private ErrorCode error;
    private boolean isCreated;
    private boolean isLast;
    private long storeIndex;
    private long raftIndex;
    private long raftTerm;
    private DirectBuffer bytes;
    private int offset;
    private int length;

    Answer error(final ErrorCode error) {
        this.error = error;
        return this;
    }

    Answer created(final boolean isCreated) {
        this.isCreated = isCreated;
        return this;
    }

    Answer last(final boolean isLast) {
        this.isLast = isLast;
        return this;
    }

    Answer indexes(final long storeIndex, final long raftIndex, final long raftTerm) {
        this.storeIndex = storeIndex;
        this.raftIndex = raftIndex;
        this.raftTerm = raftTerm;
        return this;
    }

    Answer bytes(final DirectBuffer bytes, final int offset, final int length) {
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
        return this;
    }

    /** Of an error; else of no meaning. */
    ErrorCode error() {
        return error;
    }

    /** Of a result: whether its status is 201. */
    boolean isCreated() {
        return isCreated;
    }

    /** Of a part: whether the result is complete with it. */
    boolean isLast() {
        return isLast;
    }

    long storeIndex() {
        return storeIndex;
    }

    /** Of an error: {@link io.larch.http.wire.ReplyWriter#NO_INDEX}. */
    long raftIndex() {
        return raftIndex;
    }

    /** As {@link #raftIndex}. */
    long raftTerm() {
        return raftTerm;
    }

    /** What an event, a part of one, or an error's cause is in. */
    DirectBuffer bytes() {
        return bytes;
    }

    int offset() {
        return offset;
    }

    int length() {
        return length;
    }
}
