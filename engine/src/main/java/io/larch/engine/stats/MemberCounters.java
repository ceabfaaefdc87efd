package io.larch.engine.stats;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.status.ConcurrentCountersManager;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;

/**
 * All counters of one member, whoever counts: each has one writer, which adds with an ordered store
 * and without a read-modify-write, and is read by any thread. The label of a counter is its name
 * and its unit, {@code transport.bytes_sent [bytes]}.
 *
 * <p>Counters lie in memory of the process, never in a mapped file: the kernel may make whoever
 * writes to one wait for the disk. A {@link CounterPublisher} carries them to the file that tools
 * read.
 *
 * <p>Counters are made by any thread, before or while others count.
 */
public final class MemberCounters {
    /** Counters at most. */
    static final int CAPACITY = 2048;

    static final int METADATA_LENGTH = CAPACITY * CountersReader.METADATA_LENGTH;
    static final int VALUES_LENGTH = CAPACITY * CountersReader.COUNTER_LENGTH;

    private final UnsafeBuffer metadata =
            new UnsafeBuffer(ByteBuffer.allocateDirect(METADATA_LENGTH));
    private final UnsafeBuffer values = new UnsafeBuffer(ByteBuffer.allocateDirect(VALUES_LENGTH));
    private final CountersManager manager =
            new ConcurrentCountersManager(metadata, values, StandardCharsets.US_ASCII);

    /** Makes counters; fails when there are {@value #CAPACITY}. */
    public CountersManager manager() {
        return manager;
    }

    /** Labels, as Agrona lays them out. */
    UnsafeBuffer metadata() {
        return metadata;
    }

    /** Values, as Agrona lays them out. */
    UnsafeBuffer values() {
        return values;
    }

    /**
     * How many there are; those are complete.
     *
     * @param known so many were there before.
     */
    int count(final int known) {
        int count = known;
        while (count < CAPACITY && isMade(count)) {
            count++;
        }
        return count;
    }

    private boolean isMade(final int id) {
        final int state = metadata.getIntVolatile(id * CountersReader.METADATA_LENGTH);
        return state != CountersReader.RECORD_UNUSED;
    }
}
