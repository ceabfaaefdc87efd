package io.larch.engine.apply;

import io.larch.engine.application.ClusterTime;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.raft.EntryKind;
import io.larch.engine.raft.LeaderStamp;
import io.larch.engine.raft.LogStorage;
import java.nio.ByteOrder;
import java.util.function.LongSupplier;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The cluster's clock, by which all TTLs count. It began with the wall clock of the first leader
 * and has gone on by what the leaders' monotonic clocks measure; no wall clock moves it. Owned by
 * the engine thread.
 *
 * <p>What holds, whatever the wall clocks do, as long as monotonic clocks are right to a thousandth
 * ({@code s(e)} is the stamp of entry {@code e}, written by its leader as it appends it):
 *
 * <ol>
 *   <li><b>Never back.</b> If {@code e} is in front of {@code f} in the log then {@code s(e) <=
 *       s(f)}.
 *   <li><b>Never fast.</b> If {@code e} and {@code f} are committed and {@code f} was appended a
 *       true time {@code d} after {@code e}, then {@code s(f) - s(e) <= d}. A key whose TTL was set
 *       by {@code e} expires by a SYNC {@code f} with {@code s(f) >= s(e) + ttl}: never before the
 *       TTL has passed since the request was sent.
 *   <li><b>Never long behind.</b> Under one leader {@code s(f) - s(e) = d}. A change of leaders
 *       costs at most what the new leader's last word from the log had been under way, and a
 *       thousandth of the time since; while nobody leads for long, time goes on all the same. It
 *       stands still only while all members are down.
 *   <li><b>A refresh lengthens.</b> A command gets its place in the log and its expiry in the same
 *       moment, so that of two, the later in the log never expires first for the same TTL, however
 *       long it was under way.
 *   <li><b>Reads.</b> {@link #now} of any member is never ahead of the leader's and never behind
 *       what is applied here: nobody sees a TTL longer than the one that was given.
 *   <li><b>Wall clocks decide texts only.</b> What answers call {@code expiration} is the cluster's
 *       time and an offset to the leader's wall clock. The offset is part of the replicated state,
 *       moves with SYNC entries and follows slowly, so that a wall clock which jumps shows
 *       gradually in texts and in nothing else.
 * </ol>
 *
 * <p>How: a leader's line is {@code time at its election + elapsed}. Every other member keeps a
 * lower bound of the current leader's line: a stamp was true when it was written, so {@code stamp +
 * elapsed since it was applied here} is never more, and of such bounds the best is kept, less a
 * thousandth for clocks that differ. A new leader goes on from its bound, or from the last stamp in
 * its log where that is of a leader whose stamps it has not applied yet. What was appended and cut
 * off again counts for nothing: bounds come from applied entries, and from the log only at the
 * election, when it cannot be cut any more but by a later leader. A leader that is paused and goes
 * on stamps what will not be committed, and takes the new leader's line with its first entry.
 *
 * <p>A member that finds no leader's line at its start (all were down) goes on from the last stamp
 * of its log, with its own wall clock for texts at once.
 *
 * <p>Before there was such a clock each member stamped with its own wall clock. Of such entries
 * only the leader's, which are the SYNCs, are looked at.
 */
public final class ClusterClock implements LeaderStamp, ClusterTime {
    /** Wall clocks that differ by less are taken for equal: 100 ms. */
    static final long TOLERANCE_NANOS = 100_000_000L;

    /** Once the offset follows, it does until so little is left: 1 ms. */
    private static final long CLOSE_NANOS = 1_000_000L;

    /** The offset follows by this part of the time that passes. */
    private static final int FOLLOW_DIVISOR = 10;

    /** What two monotonic clocks may differ by: 1/1024. */
    private static final int DRIFT_SHIFT = 10;

    /** Encoded: time, offset; little endian. */
    private static final int ENCODED_LENGTH = 2 * Long.BYTES;

    private static final long NEVER = Long.MIN_VALUE;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final CommandEnvelope scanned = new CommandEnvelope();
    private final KeysCommand sync = new KeysCommand();
    private final UnsafeBuffer stamped = new UnsafeBuffer(0, 0);
    private final LogStorage.EntryConsumer onScanned = this::scan;
    private final LongSupplier nanoTime;
    private final LongSupplier epochNanos;

    /** The line: so much at so much of the monotonic clock, as of a leader's term. */
    private long lineTime = NEVER;

    private long lineNanos;
    private long lineTerm;
    private boolean leads;

    /** The last stamp that is applied: replicated state. */
    private long appliedTime = NEVER;

    /** What to add for texts: replicated state. */
    private long wallOffset;

    /** Whether a leader was seen in this life of the member, itself or another. */
    private boolean hasSeenLeader;

    private boolean isToCatchUp;
    private boolean isFollowing;
    private long followedNanos;

    private long scannedTime;
    private long scannedTerm;

    public ClusterClock(final LongSupplier nanoTime, final LongSupplier epochNanos) {
        this.nanoTime = nanoTime;
        this.epochNanos = epochNanos;
    }

    /** {@inheritDoc} Of a member that does not lead a lower bound. */
    @Override
    public long now() {
        if (lineTime == NEVER) {
            return epochNanos.getAsLong();
        }
        final long elapsed = nanoTime.getAsLong() - lineNanos;
        return lineTime + elapsed - (leads ? 0 : elapsed >> DRIFT_SHIFT);
    }

    @Override
    public long wallOffset() {
        return wallOffset;
    }

    @Override
    public void elected(final long term, final LogStorage log, final long appliedIndex) {
        scannedTime = NEVER;
        scannedTerm = 0;
        if (appliedIndex < log.lastIndex()) {
            log.read(appliedIndex + 1, log.lastIndex(), Long.MAX_VALUE, onScanned);
        }
        final boolean isOfUnknownLine = scannedTime != NEVER && scannedTerm > lineTerm;
        final long bound = isOfUnknownLine ? scannedTime : Math.max(now(), scannedTime);
        lead(term, Math.max(bound, appliedTime));
    }

    private boolean scan(
            final long index,
            final long term,
            final byte kind,
            final DirectBuffer body,
            final int offset,
            final int length) {
        if (kind == EntryKind.COMMAND && length >= CommandEnvelope.HEADER_LENGTH) {
            scanned.wrap(body, offset);
            if (hasTime(scanned)) {
                scannedTime = Math.max(scannedTime, scanned.timestampNanos());
                scannedTerm = term;
            }
        }
        return true;
    }

    private void lead(final long term, final long time) {
        setLine(term, time);
        leads = true;
        isFollowing = false;
        followedNanos = lineNanos;
        isToCatchUp = !hasSeenLeader;
        hasSeenLeader = true;
    }

    /** Another member leads: this one goes on from what its own line was, if it had led. */
    public void follows() {
        hasSeenLeader = true;
        rest();
    }

    /** This member does not lead, or not any more. */
    public void rest() {
        if (leads) {
            setLine(lineTerm, now());
            leads = false;
        }
    }

    private void setLine(final long term, final long time) {
        lineNanos = nanoTime.getAsLong();
        lineTime = time;
        lineTerm = term;
    }

    @Override
    public void stamp(final DirectBuffer body, final int offset, final int length) {
        if (length >= CommandEnvelope.HEADER_LENGTH) {
            stamped.wrap(body, offset, CommandEnvelope.HEADER_LENGTH);
            CommandEnvelope.encodeClusterTime(stamped, 0, now());
        }
    }

    /**
     * A command of a term is about to be applied.
     *
     * @return whether its stamp is of the cluster's time.
     */
    public boolean applying(final long term, final CommandEnvelope command) {
        if (!hasTime(command)) {
            return false;
        }
        seen(term, command.timestampNanos());
        if (isSync(command) && command.has(CommandEnvelope.CLUSTER_TIME)) {
            wallOffset = sync.wrap(command.buffer(), command.offset()).index();
            isToCatchUp &= !leads || term != lineTerm;
        }
        return true;
    }

    /**
     * What the leader's wall clock showed, as far as texts tell, when it stamped a command that is
     * the next to be applied; {@link Long#MIN_VALUE}: the command has no time of a leader.
     */
    public long textTime(final CommandEnvelope command) {
        if (!hasTime(command)) {
            return NEVER;
        }
        final boolean setsOffset = isSync(command) && command.has(CommandEnvelope.CLUSTER_TIME);
        return command.timestampNanos()
                + (setsOffset ? sync.wrap(command.buffer(), command.offset()).index() : wallOffset);
    }

    /** The same of what was applied, at its newest; {@link Long#MIN_VALUE}: none had a time. */
    public long appliedTextTime() {
        return appliedTime == NEVER ? NEVER : appliedTime + wallOffset;
    }

    private static boolean hasTime(final CommandEnvelope command) {
        return command.has(CommandEnvelope.CLUSTER_TIME) || isSync(command);
    }

    private static boolean isSync(final CommandEnvelope command) {
        return command.is(CommandType.SYNC) || command.is(CommandType.SYNC_SOME);
    }

    private void seen(final long term, final long time) {
        appliedTime = Math.max(appliedTime, time);
        if (term > lineTerm || lineTime == NEVER) {
            leads = false;
            setLine(term, appliedTime);
        } else if (!leads && term == lineTerm && time > now()) {
            setLine(term, time);
        }
    }

    // --- texts ---

    /** Whether texts are to be set right without waiting for the next regular SYNC. */
    public boolean isToCatchUp() {
        return isToCatchUp && Math.abs(parted()) > TOLERANCE_NANOS;
    }

    /** How far this member's wall clock is ahead of what texts show. */
    private long parted() {
        return epochNanos.getAsLong() - now() - wallOffset;
    }

    /** The offset for the leader's next SYNC. */
    public long nextWallOffset() {
        final long parted = parted();
        final long nowNanos = nanoTime.getAsLong();
        final long most = (nowNanos - followedNanos) / FOLLOW_DIVISOR;
        followedNanos = nowNanos;
        isFollowing = Math.abs(parted) > (isFollowing ? CLOSE_NANOS : TOLERANCE_NANOS);
        if (!isFollowing) {
            return wallOffset;
        }
        return wallOffset + (isToCatchUp ? parted : Math.max(-most, Math.min(most, parted)));
    }

    // --- snapshots ---

    public int encode(final MutableDirectBuffer target, final int offset) {
        target.putLong(offset, appliedTime, ORDER);
        target.putLong(offset + Long.BYTES, wallOffset, ORDER);
        return ENCODED_LENGTH;
    }

    /** Takes over what was encoded in a snapshot that ends with an entry of a term. */
    public void decode(
            final DirectBuffer source, final int offset, final int length, final long lastTerm) {
        if (length < ENCODED_LENGTH) {
            throw new IllegalArgumentException("not a cluster's time: " + length + " bytes");
        }
        wallOffset = source.getLong(offset + Long.BYTES, ORDER);
        final long time = source.getLong(offset, ORDER);
        if (time != NEVER) {
            seen(lastTerm, time);
        }
    }
}
