package io.larch.engine.port;

import io.larch.engine.codec.ErrorCode;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One thing that the engine tells an edge: an answer or a part of one, or news of a watch. Each
 * side keeps one and fills it again for each reply, so a reply and the bytes in it are valid during
 * {@link ReplyHandler#onReply} only, and no longer than until the edge hands anything to the
 * engine. {@link Kind} says which of the fields have a meaning.
 *
 * <p>Not threadsafe.
 */
public final class Reply {
    /** What is told. */
    public enum Kind {
        /**
         * A command succeeded: the bytes are as its application lays them out, for keys an event
         * ({@link io.larch.engine.codec.EventFlyweight}). The first is 0 for a read and not for a
         * write.
         */
        RESULT(true),

        /** A command failed, or could not be done: the bytes are the cause, not escaped. */
        ERROR(true),

        /**
         * A read has a result too long for one message. It is told in parts, each after a {@code
         * MORE} with its correlation id ({@link RequestPort#offer}); the read begins with the first
         * of them. A {@code CANCEL} ends it.
         */
        READ_OPENED(false),

        /**
         * The next part of a result, of about {@link Reply#PART_BYTES}. All parts one behind the
         * other are what {@link io.larch.engine.codec.EventFlyweight} lays out; a node's fixed part
         * and key are never parted, and a value only where no UTF-8 sequence is. Only the last part
         * may be empty.
         */
        READ_PART(false),

        /** A read told in parts ends before its time: what was told is of no use. */
        READ_CUT(true),

        /** A watch was accepted: send the reply's head now. */
        WATCH_START(false),

        /**
         * One event for one or more watches ({@link Reply#watches}), which have no correlation id
         * in common. A long poll is over with it.
         */
        EVENT(false),

        /** The engine ended a watch: finish the body and let the client watch again. */
        WATCH_END(true);

        private final boolean isLast;

        Kind(final boolean isLast) {
            this.isLast = isLast;
        }
    }

    /** About the length of a part of a long read; a key may go beyond. */
    public static final int PART_BYTES = 64 << 10;

    private Kind kind;
    private long correlationId;
    private long[] watches = {};
    private int watchCount;
    private ErrorCode error;
    private boolean isCreated;
    private boolean isLast;
    private long storeIndex;
    private long raftIndex;
    private long raftTerm;
    private long listing;
    private DirectBuffer bytes = new UnsafeBuffer(0, 0);
    private int offset;
    private int length;

    /** Begins anew, with what the kind says and nothing else. */
    public Reply begin(final Kind kind, final long correlationId) {
        this.kind = kind;
        this.correlationId = correlationId;
        watchCount = 0;
        error = null;
        isCreated = false;
        isLast = kind.isLast;
        listing = 0;
        length = 0;
        return indexes(0, 0, 0);
    }

    /**
     * Begins an event.
     *
     * @param watches whom to tell it, the first {@code count} of them; not copied.
     */
    public Reply beginEvent(final long[] watches, final int count) {
        begin(Kind.EVENT, 0);
        this.watches = watches;
        watchCount = count;
        return this;
    }

    public Reply error(final ErrorCode error) {
        this.error = error;
        return this;
    }

    public Reply created(final boolean isCreated) {
        this.isCreated = isCreated;
        return this;
    }

    public Reply last(final boolean isLast) {
        this.isLast = isLast;
        return this;
    }

    public Reply indexes(final long storeIndex, final long raftIndex, final long raftTerm) {
        this.storeIndex = storeIndex;
        this.raftIndex = raftIndex;
        this.raftTerm = raftTerm;
        return this;
    }

    public Reply listing(final long number) {
        listing = number;
        return this;
    }

    public Reply bytes(final DirectBuffer bytes, final int offset, final int length) {
        this.bytes = bytes;
        this.offset = offset;
        this.length = length;
        return this;
    }

    public Kind kind() {
        return kind;
    }

    /** Of the command that is answered; 0 for an event. */
    public long correlationId() {
        return correlationId;
    }

    /**
     * Of an event: the correlation ids of the watches, the first {@link #watchCount} of them. The
     * array is reused after the call.
     */
    public long[] watches() {
        return watches;
    }

    public int watchCount() {
        return watchCount;
    }

    /** Of an error; else null. */
    public ErrorCode error() {
        return error;
    }

    /** Of a result: whether its status is 201. */
    public boolean isCreated() {
        return isCreated;
    }

    /** Whether nothing more comes with this correlation id; of a part: the result is complete. */
    public boolean isLast() {
        return isLast;
    }

    /** Of a result, a part, an error and a watch's start; else 0. */
    public long storeIndex() {
        return storeIndex;
    }

    /** Of the last entry applied here, as of a result, a part and a watch's start; else 0. */
    public long raftIndex() {
        return raftIndex;
    }

    /** As {@link #raftIndex}. */
    public long raftTerm() {
        return raftTerm;
    }

    /**
     * Of a result: a number that stands for what its bytes say, but the store index, for as long as
     * the engine runs; 0 for none. An edge that has printed a result of the same number may tell
     * the same text again.
     */
    public long listing() {
        return listing;
    }

    /** What an event, a part of one, or an error's cause is in. */
    public DirectBuffer bytes() {
        return bytes;
    }

    public int offset() {
        return offset;
    }

    public int length() {
        return length;
    }
}
