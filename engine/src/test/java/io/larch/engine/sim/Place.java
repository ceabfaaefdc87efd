package io.larch.engine.sim;

import io.larch.engine.SimMember;
import io.larch.engine.apply.AppliedPosition;
import io.larch.engine.disk.Directory;
import io.larch.engine.member.Member;
import io.larch.engine.port.AuthView;
import java.util.ArrayDeque;
import java.util.List;
import java.util.SplittableRandom;

/** Where one member lives: its disk, clock and power stay, while processes come and go. */
final class Place {
    final int number;
    final Power power = new Power();
    final SimClock clock = new SimClock();
    final SimDisk disk = new SimDisk(power, clock);
    final Directory walFiles = disk.directory("wal");
    final Directory snapFiles = disk.directory("snap");
    final LogCheck check;

    /** What the writer of snapshots has to do. */
    final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

    /** 0 until it is known. */
    long memberId;

    /** Null while it is down. */
    SimMember member;

    /** Which entry its process has applied last, or applies. */
    AppliedPosition applied;

    SimTransport transport;
    CheckedEdge edge;

    /** Whether it belongs to the first members. */
    boolean isFounder;

    /** Of one that joins: who belongs to the group, as it was told. */
    List<Member> toldMembers = List.of();

    /** Whether it has ever run. */
    boolean hasRun;

    /** Whether it will never run again: it was removed, or its disk is lost or damaged. */
    boolean isGone;

    /** Whether it stopped since it was removed. */
    boolean isRemoved;

    /** Whether a bit of its disk was flipped since it ran last. */
    boolean isDamaged;

    /** Whether its next process is of a newer build, which knows of counters and users. */
    boolean isNewer;

    /** The users and roles that it was seen with last. */
    AuthView seen;

    /** Whether its process does nothing, though its clocks go on. */
    boolean isPaused;

    /** What the power's failure will do to the disk. */
    private long fuseSeed;

    Place(final int number, final LogCheck check) {
        this.number = number;
        this.check = check;
    }

    boolean isUp() {
        return member != null;
    }

    void fuse(final int touches, final long seed) {
        power.failAfter(touches);
        fuseSeed = seed;
    }

    /** The power is gone; nothing of the process stays. */
    void loseProcess() {
        power.off();
        edge.die();
        final SimMember lost = member;
        member = null;
        tasks.clear();
        try {
            lost.close();
        } catch (final RuntimeException | SimCrash e) {
            // What a process without power tries has no effect.
        }
        transport.close();
    }

    void loseUnsynced(final long seed) {
        disk.crash(new SplittableRandom(seed));
    }

    void loseUnsynced() {
        loseUnsynced(fuseSeed);
    }
}
