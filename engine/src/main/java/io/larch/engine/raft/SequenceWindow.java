package io.larch.engine.raft;

import java.nio.ByteOrder;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Which commands of one member were taken: those of its latest life, by sequence. It knows the
 * {@value #LENGTH} up to the highest; what is older counts as taken, so a member must not have more
 * than that between its oldest unanswered command and its newest.
 *
 * <p>A leader keeps one for what each member forwards to it; and one of what each proposed, and
 * took effect, is part of the replicated state, so it is a pure function of what it was asked.
 * Encoded, little endian: {@code incarnation long, highest sequence long, one bit per sequence}.
 */
public final class SequenceWindow {
    public static final int LENGTH = 1 << 16;

    private static final int WORDS = LENGTH / Long.SIZE;
    public static final int ENCODED_LENGTH = (2 + WORDS) * Long.BYTES;

    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final long[] done = new long[WORDS];
    private long incarnation;
    private long highest;

    /**
     * Takes a command.
     *
     * @return whether it is the first time.
     */
    public boolean take(final long ofIncarnation, final long sequence) {
        if (isDone(ofIncarnation, sequence)) {
            return false;
        }
        if (ofIncarnation > incarnation) {
            incarnation = ofIncarnation;
            highest = 0;
            Arrays.fill(done, 0);
        }
        if (sequence > highest) {
            moveTo(sequence);
        }
        done[word(sequence)] |= 1L << sequence;
        return true;
    }

    /** Whether a command was taken, or never will be since it is of an earlier life. */
    public boolean isDone(final long ofIncarnation, final long sequence) {
        if (ofIncarnation != incarnation) {
            return ofIncarnation < incarnation;
        }
        return sequence <= highest - LENGTH
                || sequence <= highest && (done[word(sequence)] & 1L << sequence) != 0;
    }

    private void moveTo(final long sequence) {
        if (sequence - highest >= LENGTH) {
            Arrays.fill(done, 0);
        } else {
            for (long each = highest + 1; each <= sequence; each++) {
                done[word(each)] &= ~(1L << each);
            }
        }
        highest = sequence;
    }

    private static int word(final long sequence) {
        return (int) (sequence >>> 6) & WORDS - 1;
    }

    /** Writes {@link #ENCODED_LENGTH} bytes. */
    public void encode(final MutableDirectBuffer target, final int offset) {
        target.putLong(offset, incarnation, ORDER);
        target.putLong(offset + Long.BYTES, highest, ORDER);
        for (int i = 0; i < WORDS; i++) {
            target.putLong(offset + (2 + i) * Long.BYTES, done[i], ORDER);
        }
    }

    /** Replaces all by what was encoded. */
    public void decode(final DirectBuffer source, final int offset) {
        incarnation = source.getLong(offset, ORDER);
        highest = source.getLong(offset + Long.BYTES, ORDER);
        for (int i = 0; i < WORDS; i++) {
            done[i] = source.getLong(offset + (2 + i) * Long.BYTES, ORDER);
        }
    }
}
