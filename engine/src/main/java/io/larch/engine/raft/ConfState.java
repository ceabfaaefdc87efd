package io.larch.engine.raft;

import java.nio.ByteOrder;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A membership: who counts. Immutable; ids ascend as unsigned numbers.
 *
 * <p>While {@code votersOutgoing} is not empty the group is joint: both sets of voters must agree.
 *
 * <pre>
 *   0           4                   8               12                 16      17  20        24
 *   +-----------+-------------------+---------------+------------------+-------+---+---------+------
 *   | voters n  | votersOutgoing n  | learners n    | learnersNext n   | flags | 0 | held n  | ids ..
 *   +-----------+-------------------+---------------+------------------+-------+---+---------+------
 * </pre>
 *
 * <p>Builds from before there were held learners wrote 0 for their number, and take bytes with any
 * for malformed.
 */
public final class ConfState {
    /** Nobody is a member. */
    public static final ConfState EMPTY = ofVoters();

    private static final int HEADER_LENGTH = 24;
    private static final int FLAGS_OFFSET = 16;
    private static final int HELD_OFFSET = 20;
    private static final int MAX_IDS = 1 << 16;
    private static final int PARTS = 5;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final long[] voters;
    private final long[] votersOutgoing;
    private final long[] learners;
    private final long[] learnersNext;
    private final long[] held;
    private final boolean autoLeave;

    /** A membership whose learners all vote by themselves once they have caught up. */
    public ConfState(
            final long[] voters,
            final long[] votersOutgoing,
            final long[] learners,
            final long[] learnersNext,
            final boolean autoLeave) {
        this(voters, votersOutgoing, learners, learnersNext, new long[0], autoLeave);
    }

    /**
     * @param held those of both kinds of learners that stay learners until they are promoted.
     */
    public ConfState(
            final long[] voters,
            final long[] votersOutgoing,
            final long[] learners,
            final long[] learnersNext,
            final long[] held,
            final boolean autoLeave) {
        this.voters = sorted(voters);
        this.votersOutgoing = sorted(votersOutgoing);
        this.learners = sorted(learners);
        this.learnersNext = sorted(learnersNext);
        this.held = sorted(held);
        this.autoLeave = autoLeave;
    }

    /** A plain membership. */
    public static ConfState ofVoters(final long... voters) {
        return new ConfState(voters, new long[0], new long[0], new long[0], false);
    }

    private static long[] sorted(final long[] ids) {
        final long[] copy = ids.clone();
        for (int i = 1; i < copy.length; i++) {
            final long id = copy[i];
            int at = i;
            while (at > 0 && Long.compareUnsigned(copy[at - 1], id) > 0) {
                copy[at] = copy[at - 1];
                at--;
            }
            copy[at] = id;
        }
        return copy;
    }

    /** A copy. */
    public long[] voters() {
        return voters.clone();
    }

    /** The voters before the change that is under way; a copy. */
    public long[] votersOutgoing() {
        return votersOutgoing.clone();
    }

    /** A copy. */
    public long[] learners() {
        return learners.clone();
    }

    /** Outgoing voters that become learners when the joint phase ends; a copy. */
    public long[] learnersNext() {
        return learnersNext.clone();
    }

    /** Learners, present or next, that stay so until they are promoted; a copy. */
    public long[] held() {
        return held.clone();
    }

    /** Whether the leader ends the joint phase by itself. */
    public boolean autoLeave() {
        return autoLeave;
    }

    public boolean isJoint() {
        return votersOutgoing.length > 0;
    }

    /** Whether a member counts in either half. */
    public boolean isVoter(final long id) {
        return contains(voters, id) || contains(votersOutgoing, id);
    }

    public boolean isLearner(final long id) {
        return contains(learners, id);
    }

    /** Whether a member stays a learner until it is promoted. */
    public boolean isHeld(final long id) {
        return contains(held, id);
    }

    /** Whether an id belongs to the group in any part. */
    public boolean contains(final long id) {
        return isVoter(id) || isLearner(id);
    }

    private static boolean contains(final long[] ids, final long id) {
        for (final long each : ids) {
            if (each == id) {
                return true;
            }
        }
        return false;
    }

    /** All ids that belong to the group, ascending, each once. */
    public long[] members() {
        final long[] all = new long[voters.length + votersOutgoing.length + learners.length];
        System.arraycopy(voters, 0, all, 0, voters.length);
        System.arraycopy(votersOutgoing, 0, all, voters.length, votersOutgoing.length);
        System.arraycopy(learners, 0, all, voters.length + votersOutgoing.length, learners.length);
        final long[] ids = sorted(all);
        int count = 0;
        for (int i = 0; i < ids.length; i++) {
            if (i == 0 || ids[i] != ids[i - 1]) {
                ids[count++] = ids[i];
            }
        }
        return Arrays.copyOf(ids, count);
    }

    public int encodedLength() {
        return HEADER_LENGTH
                + Long.BYTES
                        * (voters.length
                                + votersOutgoing.length
                                + learners.length
                                + learnersNext.length
                                + held.length);
    }

    /**
     * Writes this membership.
     *
     * @return the bytes written, {@link #encodedLength}.
     */
    public int encode(final MutableDirectBuffer target, final int offset) {
        target.putInt(offset, voters.length, ORDER);
        target.putInt(offset + 4, votersOutgoing.length, ORDER);
        target.putInt(offset + 8, learners.length, ORDER);
        target.putInt(offset + 12, learnersNext.length, ORDER);
        target.putLong(offset + FLAGS_OFFSET, autoLeave ? 1 : 0, ORDER);
        target.putInt(offset + HELD_OFFSET, held.length, ORDER);
        int at = offset + HEADER_LENGTH;
        for (final long[] ids : parts()) {
            for (final long id : ids) {
                target.putLong(at, id, ORDER);
                at += Long.BYTES;
            }
        }
        return at - offset;
    }

    private long[][] parts() {
        return new long[][] {voters, votersOutgoing, learners, learnersNext, held};
    }

    private static int countAt(final DirectBuffer source, final int offset, final int part) {
        return source.getInt(offset + (part < 4 ? 4 * part : HELD_OFFSET), ORDER);
    }

    /** Whether a membership fits these bytes exactly. */
    public static boolean isWellFormed(
            final DirectBuffer source, final int offset, final int length) {
        if (length < HEADER_LENGTH) {
            return false;
        }
        long count = 0;
        for (int i = 0; i < PARTS; i++) {
            final int n = countAt(source, offset, i);
            if (n < 0 || n > MAX_IDS) {
                return false;
            }
            count += n;
        }
        return HEADER_LENGTH + count * Long.BYTES == length;
    }

    /** Reads a membership; check {@link #isWellFormed} first if the bytes are not trusted. */
    public static ConfState decode(final DirectBuffer source, final int offset) {
        final long[][] parts = new long[PARTS][];
        int at = offset + HEADER_LENGTH;
        for (int i = 0; i < parts.length; i++) {
            parts[i] = new long[countAt(source, offset, i)];
            for (int k = 0; k < parts[i].length; k++) {
                parts[i][k] = source.getLong(at, ORDER);
                at += Long.BYTES;
            }
        }
        final boolean autoLeave = (source.getByte(offset + FLAGS_OFFSET) & 1) != 0;
        return new ConfState(parts[0], parts[1], parts[2], parts[3], parts[4], autoLeave);
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof ConfState that
                && Arrays.equals(voters, that.voters)
                && Arrays.equals(votersOutgoing, that.votersOutgoing)
                && Arrays.equals(learners, that.learners)
                && Arrays.equals(learnersNext, that.learnersNext)
                && Arrays.equals(held, that.held)
                && autoLeave == that.autoLeave;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(voters) * 31 + Arrays.hashCode(learners);
    }

    @Override
    public String toString() {
        return "voters="
                + Arrays.toString(voters)
                + " outgoing="
                + Arrays.toString(votersOutgoing)
                + " learners="
                + Arrays.toString(learners)
                + " learnersNext="
                + Arrays.toString(learnersNext)
                + (held.length > 0 ? " held=" + Arrays.toString(held) : "")
                + (autoLeave ? " autoLeave" : "");
    }
}
