package io.larch.engine.keys;

import io.larch.engine.codec.ErrorCode;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What became of a command. Reusable: each call of the store that takes one overwrites it. The
 * buffers belong to the result and are valid until its next use.
 */
public final class StoreResult {
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
    private boolean isCreated;
    private boolean isWaiting;
    private boolean isTooLong;

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
     * What goes into X-Etcd-Index: the event's index for a write, else the store's index at the
     * moment of the command.
     */
    public long storeIndex() {
        return storeIndex;
    }

    /** Whether the HTTP status is 201. */
    public boolean isCreated() {
        return isCreated;
    }

    /**
     * The event, as EventFlyweight lays it out, {@link #eventLength()} from {@link #eventOffset()}.
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

    /** After a successful watch: whether it is registered and may get (more) events later. */
    public boolean isWaiting() {
        return isWaiting;
    }

    /** A read that cannot be done in one go: {@link Store#open} makes it in slices. */
    public boolean isTooLong() {
        return isTooLong;
    }

    void reset(final long storeIndex) {
        if (event.capacity() > MAX_KEPT_CAPACITY) {
            event = new ExpandableDirectByteBuffer(INITIAL_EVENT_CAPACITY);
        }
        eventLength = 0;
        causeLength = 0;
        errorCode = 0;
        isCreated = false;
        isWaiting = false;
        isTooLong = false;
        this.storeIndex = storeIndex;
    }

    MutableDirectBuffer eventBuffer() {
        return event;
    }

    void event(final int length, final long storeIndex) {
        eventLength = length;
        this.storeIndex = storeIndex;
    }

    void tooLong() {
        isTooLong = true;
    }

    void created() {
        isCreated = true;
    }

    void waiting(final boolean isWaiting) {
        this.isWaiting = isWaiting;
    }

    void error(final ErrorCode code) {
        errorCode = code.code();
    }

    StoreResult cause(final DirectBuffer buffer, final int offset, final int length) {
        cause.putBytes(causeLength, buffer, offset, length);
        causeLength += length;
        return this;
    }

    StoreResult cause(final String ascii) {
        causeLength += cause.putStringWithoutLengthAscii(causeLength, ascii);
        return this;
    }

    /** Appends an unsigned number. */
    StoreResult cause(final long number) {
        if (number < 0) {
            return cause(Long.toUnsignedString(number));
        }
        causeLength += cause.putNaturalLongAscii(causeLength, number);
        return this;
    }
}
