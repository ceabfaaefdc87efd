package io.larch.engine.application;

import io.larch.engine.codec.ErrorCode;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What became of a command. Reusable: each call of an application that takes one overwrites it. The
 * buffers belong to the result and are valid until its next use. Owned by the engine thread.
 */
public final class Result {
    private static final int INITIAL_EVENT_CAPACITY = 4096;
    private static final int INITIAL_CAUSE_CAPACITY = 256;
    private static final int MAX_KEPT_CAPACITY = 1024 * 1024;

    private ExpandableDirectByteBuffer event =
            new ExpandableDirectByteBuffer(INITIAL_EVENT_CAPACITY);
    private final ExpandableDirectByteBuffer cause =
            new ExpandableDirectByteBuffer(INITIAL_CAUSE_CAPACITY);
    private int eventLength;
    private int causeLength;
    private int errorCode;
    private long storeIndex;
    private long listing;
    private boolean isCreated;
    private boolean isWaiting;
    private boolean isTooLong;
    private boolean isAwaited = true;

    /** Whether the command succeeded. */
    public boolean isOk() {
        return errorCode == 0;
    }

    /** Code of {@link io.larch.engine.codec.ErrorCode}, 0 for success. */
    public int errorCode() {
        return errorCode;
    }

    /** Raw bytes of the error's cause, {@link #causeLength()} from offset 0. */
    public DirectBuffer cause() {
        return cause;
    }

    public int causeLength() {
        return causeLength;
    }

    /**
     * The application's index: of the change for a write, else as of the moment of the command.
     * What goes into X-Etcd-Index.
     */
    public long storeIndex() {
        return storeIndex;
    }

    /** Whether the HTTP status is 201. */
    public boolean isCreated() {
        return isCreated;
    }

    /**
     * The event or the result of a read, as the application lays it out, {@link #eventLength()}
     * from {@link #eventOffset()}.
     */
    public DirectBuffer event() {
        return event;
    }

    public int eventOffset() {
        return 0;
    }

    /** 0 when there is no event: after an error, a watch, a SYNC or an internal write. */
    public int eventLength() {
        return eventLength;
    }

    /**
     * Of a read: stands for what the event says, but the store index, for as long as the engine
     * runs; 0 for none.
     */
    public long listing() {
        return listing;
    }

    /** After a successful watch: whether it is registered and may get (more) events later. */
    public boolean isWaiting() {
        return isWaiting;
    }

    /** A read that cannot be done in one go: {@link Application#open} makes it in slices. */
    public boolean isTooLong() {
        return isTooLong;
    }

    /**
     * Whether somebody here waits for what becomes of the command. If not, an application may leave
     * out what only tells, and changes the same nevertheless.
     */
    public boolean isAwaited() {
        return isAwaited;
    }

    /** See {@link #isAwaited}; stays so until it is said again. */
    public void awaited(final boolean isAwaited) {
        this.isAwaited = isAwaited;
    }

    /** Begins anew: no error, nothing in it. */
    public void reset(final long storeIndex) {
        if (event.capacity() > MAX_KEPT_CAPACITY) {
            event = new ExpandableDirectByteBuffer(INITIAL_EVENT_CAPACITY);
        }
        eventLength = 0;
        causeLength = 0;
        errorCode = 0;
        listing = 0;
        isCreated = false;
        isWaiting = false;
        isTooLong = false;
        this.storeIndex = storeIndex;
    }

    /** Where the event goes, from offset 0. */
    public MutableDirectBuffer eventBuffer() {
        return event;
    }

    /** The event is written. */
    public void event(final int length, final long storeIndex) {
        eventLength = length;
        this.storeIndex = storeIndex;
    }

    /** See {@link #listing()}. */
    public void listing(final long number) {
        listing = number;
    }

    /** See {@link #isTooLong}. */
    public void tooLong() {
        isTooLong = true;
    }

    /** See {@link #isCreated}. */
    public void created() {
        isCreated = true;
    }

    /** See {@link #isWaiting}. */
    public void waiting(final boolean isWaiting) {
        this.isWaiting = isWaiting;
    }

    /** The command was refused. */
    public void error(final ErrorCode code) {
        errorCode = code.code();
    }

    /** Appends to the error's cause. */
    public Result cause(final DirectBuffer buffer, final int offset, final int length) {
        cause.putBytes(causeLength, buffer, offset, length);
        causeLength += length;
        return this;
    }

    /** Appends to the error's cause. */
    public Result cause(final String ascii) {
        causeLength += cause.putStringWithoutLengthAscii(causeLength, ascii);
        return this;
    }

    /** Appends an unsigned number. */
    public Result cause(final long number) {
        if (number < 0) {
            return cause(Long.toUnsignedString(number));
        }
        causeLength += cause.putNaturalLongAscii(causeLength, number);
        return this;
    }
}
