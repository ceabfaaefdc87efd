package io.larch.engine.raft;

import java.util.SplittableRandom;

/**
 * Which faults a simulation has, and how often: drawn anew for each seed, since a mix of everything
 * finds less than a few things that are strong. The numbers are weights among the actions.
 */
final class SimSwarm {
    final boolean isReordering;

    /** Clocks that run at about the same speed, or ticks whenever chance will have it. */
    final boolean hasSteadyClocks;

    final boolean hasLease;
    final int deliver = 900;
    final int time = 300;
    final int sync;
    final int propose = 150;
    final int read = 60;
    final int lose;
    final int repeat;
    final int crash;
    final int stayDown;
    final int fill;
    final int lostDisk;
    final int partition;
    final int changeMembers;
    final int transfer;
    final int compact;
    final int pause;
    final int clog;
    final int unreachable;
    final int holdApply;
    final int holdInstall;

    /** Of 100 members, so many have a disk that is rarely done. */
    final int slowDiskPercent;

    SimSwarm(final SplittableRandom random) {
        isReordering = random.nextInt(3) > 0;
        hasSteadyClocks = random.nextBoolean();
        hasLease = hasSteadyClocks && random.nextBoolean();
        sync = 50 + random.nextInt(400);
        lose = random.nextInt(3) == 0 ? random.nextInt(300) : random.nextInt(40);
        repeat = sometimes(random, 120);
        crash = sometimes(random, 20);
        stayDown = sometimes(random, 8);
        fill = random.nextInt(4) == 0 ? random.nextInt(4) : 0;
        lostDisk = random.nextInt(8) == 0 ? 1 : 0;
        partition = sometimes(random, 10);
        changeMembers = sometimes(random, 25);
        transfer = sometimes(random, 15);
        compact = sometimes(random, 20);
        pause = sometimes(random, 10);
        clog = sometimes(random, 10);
        unreachable = sometimes(random, 10);
        holdApply = sometimes(random, 10);
        holdInstall = sometimes(random, 10);
        slowDiskPercent = sometimes(random, 60);
    }

    private static int sometimes(final SplittableRandom random, final int most) {
        return random.nextBoolean() ? random.nextInt(most) : 0;
    }

    /** Settings of the members that go with it. */
    StoryOptions options(final SplittableRandom random) {
        return new StoryOptions()
                .set("timers", "on")
                .set("election", hasLease ? 20 : 10)
                .set("heartbeat", 1 + random.nextInt(4))
                .set("prevote", random.nextInt(4) > 0 ? "on" : "off")
                .set("checkquorum", hasLease || random.nextInt(4) > 0 ? "on" : "off")
                .set("lease", hasLease ? "on" : "off")
                .set("inflight", random.nextInt(3) == 0 ? 1 : 256)
                .set("inflightbytes", random.nextInt(4) == 0 ? 8 : 1 << 20)
                .set("batch", random.nextInt(3) == 0 ? 1 : 64)
                .set("uncommitted", random.nextInt(4) == 0 ? 40 : 0)
                .set("promote", random.nextBoolean() ? "on" : "off")
                .set("seed", random.nextInt(1 << 20));
    }
}
