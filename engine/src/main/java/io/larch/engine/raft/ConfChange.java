package io.larch.engine.raft;

import java.nio.ByteOrder;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A change of the membership, the body of a {@link EntryKind#CONF_CHANGE} entry. Little endian.
 *
 * <pre>
 *   0         1            2       4               8
 *   +---------+------------+-------+---------------+---------------------------+-------------
 *   | version | transition | count | contextLength | count x { op 8, id 8 }    | context ...
 *   +---------+------------+-------+---------------+---------------------------+-------------
 * </pre>
 *
 * <p>One change of one voter is made in one step; several go through a joint phase. No changes and
 * {@link Transition#LEAVE} end a joint phase.
 *
 * @param steps what to do, in order.
 * @param context bytes the core does not look at, e.g. the new member's name and URLs.
 */
public record ConfChange(Transition transition, List<Step> steps, byte[] context) {
    private static final byte VERSION = 1;
    private static final int HEADER_LENGTH = 8;
    private static final int STEP_LENGTH = 16;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final byte[] NO_CONTEXT = new byte[0];

    /** What happens to one member. */
    public enum Op {
        /** Also promotes a learner. */
        ADD_VOTER,

        /** Also demotes a voter. */
        ADD_LEARNER,
        REMOVE,

        /** The membership stays; the context changes something about the member, e.g. its URLs. */
        UPDATE,

        /** As {@link #ADD_LEARNER}, but it stays one until somebody promotes it. */
        ADD_HELD_LEARNER,

        /** A held learner votes from now on; a leader takes it only of one that has caught up. */
        PROMOTE
    }

    /** How the change is made. */
    public enum Transition {
        /** Joint when needed; the leader ends the joint phase by itself. */
        AUTO,

        /** Joint; somebody proposes {@link #LEAVE}. */
        EXPLICIT,

        /** End the joint phase. */
        LEAVE
    }

    /** One member's part of a change. */
    public record Step(Op op, long id) {}

    /** Copies the steps; the context is the caller's, who must not change it any more. */
    public ConfChange {
        steps = List.copyOf(steps);
        if (steps.size() > Short.MAX_VALUE) {
            throw new IllegalArgumentException("too many steps: " + steps.size());
        }
    }

    /** A change of one member. */
    public static ConfChange of(final Op op, final long id, final byte[] context) {
        return new ConfChange(Transition.AUTO, List.of(new Step(op, id)), context);
    }

    /** A change of one member without context. */
    public static ConfChange of(final Op op, final long id) {
        return of(op, id, NO_CONTEXT);
    }

    /** The end of a joint phase. */
    public static ConfChange leaveJoint() {
        return new ConfChange(Transition.LEAVE, List.of(), NO_CONTEXT);
    }

    public int encodedLength() {
        return HEADER_LENGTH + steps.size() * STEP_LENGTH + context.length;
    }

    /**
     * Writes this change.
     *
     * @return the bytes written, {@link #encodedLength}.
     */
    public int encode(final MutableDirectBuffer target, final int offset) {
        target.putByte(offset, VERSION);
        target.putByte(offset + 1, (byte) transition.ordinal());
        target.putShort(offset + 2, (short) steps.size(), ORDER);
        target.putInt(offset + 4, context.length, ORDER);
        int at = offset + HEADER_LENGTH;
        for (final Step step : steps) {
            target.putLong(at, step.op.ordinal(), ORDER);
            target.putLong(at + Long.BYTES, step.id, ORDER);
            at += STEP_LENGTH;
        }
        target.putBytes(at, context);
        return at + context.length - offset;
    }

    /** Whether a change of this version fits these bytes exactly. */
    public static boolean isWellFormed(
            final DirectBuffer source, final int offset, final int length) {
        if (length < HEADER_LENGTH || source.getByte(offset) != VERSION) {
            return false;
        }
        final int transition = source.getByte(offset + 1);
        final int count = source.getShort(offset + 2, ORDER);
        final int contextLength = source.getInt(offset + 4, ORDER);
        if (transition < 0
                || transition >= Transition.values().length
                || count < 0
                || contextLength < 0
                || HEADER_LENGTH + (long) count * STEP_LENGTH + contextLength != length) {
            return false;
        }
        for (int i = 0; i < count; i++) {
            final long op = source.getLong(offset + HEADER_LENGTH + i * STEP_LENGTH, ORDER);
            if (op < 0 || op >= Op.values().length) {
                return false;
            }
        }
        return true;
    }

    /** Reads a change; check {@link #isWellFormed} first if the bytes are not trusted. */
    public static ConfChange decode(final DirectBuffer source, final int offset) {
        final Transition transition = Transition.values()[source.getByte(offset + 1)];
        final int count = source.getShort(offset + 2, ORDER);
        final Step[] steps = new Step[count];
        int at = offset + HEADER_LENGTH;
        for (int i = 0; i < count; i++) {
            final Op op = Op.values()[(int) source.getLong(at, ORDER)];
            steps[i] = new Step(op, source.getLong(at + Long.BYTES, ORDER));
            at += STEP_LENGTH;
        }
        final byte[] context = new byte[source.getInt(offset + 4, ORDER)];
        source.getBytes(at, context);
        return new ConfChange(transition, List.of(steps), context);
    }
}
