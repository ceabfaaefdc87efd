package io.larch.engine.sim;

import java.util.SplittableRandom;

/**
 * Draws a day of clients that hold locks. The true time passes for all members alike, and their
 * wall clocks jump, run too fast or too slow, and stand still. Storms, in which members are cut
 * off, paused, and crash, take turns with calms, in which only the wall clocks go wrong.
 */
final class LockGenerator {
    private static final long NANOS_PER_MS = 1_000_000L;
    private static final int HOUR_MS = 3_600_000;

    private final World world;
    private final Locks locks;
    private final SplittableRandom random;
    private final Actions record;
    private final int stormPermille;
    private final int clockPermille;
    private final int deliverPercent;
    private long phaseEndNanos;
    private boolean isCalm;
    private boolean isAbandoned;

    LockGenerator(final World world, final SplittableRandom random, final Actions record) {
        this.world = world;
        this.random = random;
        this.record = record;
        locks = world.judges().locks();
        stormPermille = 1 + random.nextInt(40);
        clockPermille = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(30);
        deliverPercent = 60 + random.nextInt(40);
    }

    /** Lets some milliseconds pass, and what happens in it. */
    void next() {
        if (locks.trueNanos() >= phaseEndNanos) {
            nextPhase();
        }
        if (random.nextInt(1000) < clockPermille) {
            wallClock();
        }
        if (!isCalm && random.nextInt(1000) < stormPermille) {
            fault();
        }
        act(Deed.PASS, 1 + random.nextInt(random.nextInt(10) == 0 ? 40 : 12));
        disks();
        packets();
        for (int lock = 0; lock < Locks.LOCKS; lock++) {
            client(lock, random.nextInt(Locks.CLIENTS));
        }
    }

    private void act(final Deed deed, final long... numbers) {
        final long a = numbers.length > 0 ? numbers[0] : 0;
        final long b = numbers.length > 1 ? numbers[1] : 0;
        final long c = numbers.length > 2 ? numbers[2] : 0;
        final long d = numbers.length > 3 ? numbers[3] : 0;
        record.add(deed, a, b, c, d);
        world.act(deed, a, b, c, d);
    }

    private int anyPlace() {
        return random.nextInt(world.placeCount());
    }

    private void nextPhase() {
        isCalm = !isCalm;
        isAbandoned = isCalm && random.nextBoolean();
        final int shortest = isCalm ? 4_000 : 500;
        phaseEndNanos = locks.trueNanos() + (shortest + random.nextInt(shortest)) * NANOS_PER_MS;
        act(Deed.HEAL);
        for (int i = 0; i < world.placeCount(); i++) {
            act(Deed.PAUSE, i, 0);
            act(Deed.START, i);
        }
        act(Deed.CALM, isCalm ? 1 : 0);
    }

    private void wallClock() {
        final int number = random.nextInt(3) == 0 ? anyPlace() : leaderOrAny();
        switch (random.nextInt(4)) {
            case 0 -> act(Deed.JUMP, number, random.nextInt(2 * HOUR_MS) - HOUR_MS);
            case 1 -> act(Deed.JUMP, number, random.nextInt(8_000) - 4_000);
            case 2 -> act(Deed.SKEW, number, random.nextInt(1_000) - 500);
            default -> act(Deed.FREEZE, number, random.nextInt(2));
        }
    }

    private void fault() {
        switch (random.nextInt(8)) {
            case 0 -> act(Deed.HEAL);
            case 1 -> act(Deed.PARTITION, 1L << leaderOrAny(), 3);
            case 2 ->
                    act(
                            Deed.PARTITION,
                            random.nextInt(1 << world.placeCount()),
                            1 + random.nextInt(3));
            case 3 -> act(Deed.PAUSE, leaderOrAny(), 1);
            case 4 -> act(Deed.PAUSE, anyPlace(), 0);
            case 5 -> act(Deed.TRANSFER, anyPlace(), anyPlace());
            case 6 -> {
                final int number = leaderOrAny();
                act(Deed.CRASH, number, random.nextLong() >>> 1);
                if (random.nextBoolean()) {
                    act(Deed.START, number);
                }
            }
            default -> act(Deed.START, anyPlace());
        }
    }

    private int leaderOrAny() {
        final Place leader = world.leader();
        return leader == null || random.nextInt(3) == 0 ? anyPlace() : leader.number;
    }

    private void disks() {
        for (int i = 0; i < world.placeCount(); i++) {
            if (world.setting().isThreaded(i) && (isCalm || random.nextInt(100) < deliverPercent)) {
                act(Deed.SYNC, i);
            }
            if (random.nextInt(20) == 0) {
                act(Deed.PREPARE, i);
                act(Deed.WRITE, i);
            }
        }
    }

    private void packets() {
        final SimNetwork network = world.network();
        for (int i = 0; i < 30 && network.busyCount() > 0; i++) {
            if (!isCalm && random.nextInt(100) >= deliverPercent) {
                break;
            }
            final int link = random.nextInt(network.busyCount());
            final int from = network.busyFrom(link);
            final int to = network.busyTo(link);
            act(Deed.DELIVER, from, to, 0, 1 + random.nextInt(8));
            if (isCalm && world.setting().isThreaded(to)) {
                act(Deed.SYNC, to);
            }
        }
    }

    private void client(final int lock, final int client) {
        final long nowNanos = locks.trueNanos();
        if (locks.isAsking(lock, client)) {
            final long waited = nowNanos - locks.askedSince(lock, client);
            if (waited > 50 * NANOS_PER_MS && random.nextInt(40) == 0) {
                act(Deed.GIVE_UP, lock, client);
            }
        } else if (isAbandoned) {
            // It does not come back to its lock, which must end.
            return;
        } else if (locks.holds(lock, client)) {
            final long since = nowNanos - locks.refreshedSince(lock, client);
            if (since > 30 * NANOS_PER_MS && random.nextInt(12) == 0) {
                act(Deed.REFRESH, server(), lock, client);
            }
        } else if (random.nextInt(20) == 0) {
            act(Deed.LOCK, server(), lock, client, 100 + random.nextInt(1_900));
        }
    }

    private int server() {
        return random.nextInt(3) == 0 ? leaderOrAny() : anyPlace();
    }
}
