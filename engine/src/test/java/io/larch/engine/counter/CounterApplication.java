package io.larch.engine.counter;

import io.larch.engine.application.Application;
import io.larch.engine.application.ClusterTime;
import io.larch.engine.application.CommandKind;
import io.larch.engine.application.Growth;
import io.larch.engine.application.Result;
import io.larch.engine.application.SlicedRead;
import io.larch.engine.application.SnapshotSection;
import io.larch.engine.application.StateSink;
import io.larch.engine.application.StateSource;
import io.larch.engine.application.WatchSink;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.ErrorCode;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A second application, as small as one can be: a number that commands add to. Its state is the sum
 * and how many commands made it. Shows that the door of {@link Application} is wide enough, and
 * what a member does that finds it closed.
 */
public final class CounterApplication implements Application {
    public static final int DOMAIN = 9;
    public static final byte READ = 1;
    public static final byte ADD = 16;

    /** What a member must have to understand it: more than this build has. */
    public static final int FEATURE_LEVEL = 1000;

    /** Adds beyond this sum are refused as too much for the store. */
    public static final long LIMIT = 1L << 40;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int RECORD_LENGTH = 2 * Long.BYTES;

    private final Section section = new Section();
    private long sum;
    private long count;

    /** A factory: neither watches nor the time are of interest here. */
    public static Application create(final WatchSink sink, final ClusterTime time) {
        return new CounterApplication();
    }

    /** Writes a command that adds, and returns its length. */
    public static int encodeAdd(
            final MutableDirectBuffer target, final long correlationId, final long amount) {
        final int at =
                CommandEnvelope.encode(
                        target, 0, DOMAIN, ADD, 0, correlationId, 1, CommandEnvelope.PERMANENT);
        target.putLong(at, amount, ORDER);
        return at + Long.BYTES;
    }

    /** Writes a command that reads, and returns its length. */
    public static int encodeRead(
            final MutableDirectBuffer target, final long correlationId, final boolean isQuorum) {
        return CommandEnvelope.encode(
                target,
                0,
                DOMAIN,
                READ,
                isQuorum ? CommandEnvelope.QUORUM : 0,
                correlationId,
                1,
                CommandEnvelope.PERMANENT);
    }

    /** The sum in an answer. */
    public static long sumOf(final DirectBuffer answer) {
        return sumOf(answer, 0);
    }

    /** The sum in an answer at an offset. */
    public static long sumOf(final DirectBuffer answer, final int offset) {
        return answer.getLong(offset, ORDER);
    }

    /** How many commands an answer's sum is of. */
    public static long countOf(final DirectBuffer answer) {
        return answer.getLong(Long.BYTES, ORDER);
    }

    public long sum() {
        return sum;
    }

    @Override
    public int domain() {
        return DOMAIN;
    }

    @Override
    public CommandKind kind(final byte type) {
        return switch (type) {
            case READ -> CommandKind.READ;
            case ADD -> CommandKind.WRITE;
            default -> CommandKind.UNKNOWN;
        };
    }

    @Override
    public int featureLevel(final byte type) {
        return FEATURE_LEVEL;
    }

    @Override
    public boolean isWellFormed(final DirectBuffer buffer, final int offset, final int length) {
        return length == CommandEnvelope.HEADER_LENGTH + Long.BYTES;
    }

    @Override
    public int admit(final CommandEnvelope command, final Growth underWay, final Growth growth) {
        growth.set(0, amount(command));
        return sum + underWay.bytes() + growth.bytes() > LIMIT ? ErrorCode.STORE_FULL.code() : 0;
    }

    @Override
    public void apply(final CommandEnvelope command, final Result result) {
        sum += amount(command);
        count++;
        tell(result);
    }

    private static long amount(final CommandEnvelope command) {
        return command.buffer().getLong(command.offset() + CommandEnvelope.HEADER_LENGTH, ORDER);
    }

    private void tell(final Result result) {
        result.reset(count);
        put(result.eventBuffer());
        result.event(RECORD_LENGTH, count);
    }

    private void put(final MutableDirectBuffer target) {
        target.putLong(0, sum, ORDER);
        target.putLong(Long.BYTES, count, ORDER);
    }

    @Override
    public void expire(final long nowNanos, final int most) {
        // Numbers do not expire.
    }

    @Override
    public boolean isBehind() {
        return false;
    }

    @Override
    public void clusterChanged() {
        // Counts commands only.
    }

    @Override
    public void read(final CommandEnvelope query, final int maxBytes, final Result result) {
        tell(result);
    }

    @Override
    public SlicedRead open(final CommandEnvelope query, final Result result) {
        throw new IllegalStateException("a read of two numbers is never too long");
    }

    @Override
    public long heldBytes() {
        return 0;
    }

    @Override
    public void watch(final CommandEnvelope watch, final Result result) {
        throw new IllegalStateException("there is nothing to watch");
    }

    @Override
    public void cancelWatch(final long correlationId) {
        // There are none.
    }

    @Override
    public void endAllWatches() {
        // There are none.
    }

    @Override
    public long index() {
        return count;
    }

    @Override
    public long entries() {
        return 1;
    }

    @Override
    public long bytes() {
        return RECORD_LENGTH;
    }

    @Override
    public boolean isNearlyFull() {
        return false;
    }

    @Override
    public SnapshotSection snapshot() {
        return section;
    }

    @Override
    public Application newEmpty() {
        return new CounterApplication();
    }

    @Override
    public void restore(final StateSource records, final int version) {
        while (records.next(
                (buffer, offset, length) -> {
                    sum = buffer.getLong(offset, ORDER);
                    count = buffer.getLong(offset + Long.BYTES, ORDER);
                })) {
            // There is one record.
        }
    }

    @Override
    public void take(final Application other) {
        sum = ((CounterApplication) other).sum;
        count = ((CounterApplication) other).count;
    }

    @Override
    public void close() {
        // Holds nothing.
    }

    /** One record, of the numbers as they were at the beginning. */
    private final class Section implements SnapshotSection {
        private final UnsafeBuffer record = new UnsafeBuffer(new byte[RECORD_LENGTH]);

        @Override
        public String name() {
            return "counter";
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public int featureLevel() {
            return FEATURE_LEVEL;
        }

        @Override
        public boolean isEmpty() {
            return count == 0;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void begin() {
            put(record);
        }

        @Override
        public boolean write(final StateSink sink, final int maxRecords) {
            return sink.offer(record, 0, RECORD_LENGTH);
        }

        @Override
        public void abort() {
            // Holds nothing.
        }
    }
}
