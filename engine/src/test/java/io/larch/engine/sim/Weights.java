package io.larch.engine.sim;

import java.util.SplittableRandom;

/**
 * How often what happens, of 10000 actions; drawn anew for each seed, so that each seed is another
 * kind of bad day. What is left of the 10000 are deliveries.
 */
final class Weights {
    static final int TOTAL = 10_000;

    final int tick;
    final int sync;
    final int write;
    final int ask;
    final int look;
    final int queue;
    final int expire;
    final int watch;
    final int lose;
    final int repeat;
    final int partition;
    final int cut;
    final int congest;
    final int disconnect;
    final int crash;
    final int badSync;
    final int room;
    final int slow;
    final int flip;
    final int jump;
    final int change;
    final int replace;
    final int transfer;
    final int pausePercent;
    final int stallPermille;
    final int reorderPercent;
    final int burstPercent;
    final int fusePercent;

    /** Of the second application, which not all members have at first. */
    final int count;

    final int users;

    final int upgrade;

    /** Of the v3 API, where members have it. */
    final int revisions;

    /** Of 100 requests, how many go to whoever leads. */
    final int toLeaderPercent;

    Weights(final SplittableRandom random) {
        tick = 800 + random.nextInt(1800);
        sync = 300 + random.nextInt(1200);
        write = 30 + random.nextInt(200);
        ask = 200 + random.nextInt(900);
        look = random.nextInt(60);
        queue = random.nextInt(150);
        expire = random.nextInt(60);
        watch = random.nextInt(40);
        lose = often(random, 400, 40);
        repeat = often(random, 400, 0);
        partition = often(random, 15, 0);
        cut = often(random, 40, 0);
        congest = often(random, 40, 0);
        disconnect = often(random, 30, 0);
        crash = often(random, 25, 2);
        badSync = often(random, 8, 0);
        room = often(random, 6, 0);
        slow = often(random, 10, 0);
        flip = random.nextInt(5) == 0 ? random.nextInt(60) : 0;
        jump = often(random, 10, 0);
        change = flip == 0 ? often(random, 40, 0) : 0;
        replace = change == 0 ? often(random, 10, 0) : 0;
        transfer = often(random, 30, 0);
        pausePercent = random.nextInt(3) == 0 ? random.nextInt(6) : 0;
        stallPermille = random.nextInt(2) == 0 ? random.nextInt(20) : 0;
        reorderPercent = random.nextInt(3) > 0 ? random.nextInt(100) : 0;
        burstPercent = random.nextInt(2) == 0 ? random.nextInt(50) : 0;
        fusePercent = random.nextInt(100);
        toLeaderPercent = random.nextInt(100);
        upgrade = random.nextInt(3) == 0 ? upgrade(random) : 0;
        count = upgrade == 0 ? 0 : 50 + random.nextInt(200);
        revisions = 200 + ask;
        users = upgrade == 0 ? 0 : 50 + random.nextInt(200);
    }

    /** Some are upgraded during all of a run, others soon, so that what is new is used for long. */
    private static int upgrade(final SplittableRandom random) {
        return random.nextBoolean() ? 5 + random.nextInt(40) : 100 + random.nextInt(300);
    }

    private static int often(final SplittableRandom random, final int most, final int otherwise) {
        return random.nextInt(2) == 0 ? 1 + random.nextInt(most) : otherwise;
    }
}
