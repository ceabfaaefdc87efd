package io.larch.engine.sim;

import io.larch.engine.raft.ConfState;
import io.larch.engine.sim.Operation.Kind;
import java.util.SplittableRandom;

/** Draws what happens next, looking at the world so that most of it makes sense. */
final class Generator {
    static final int KEYS = 3;

    /** Operations after which a key is left alone, so that its history can be judged. */
    static final int KEY_LIFE = 40;

    private static final int BREAKS_PER_LOSS = 6;

    private static final int AUTH_CHANGES = AuthChange.values().length;
    private static final Kind[] KINDS = Kind.values();

    private final World world;
    private final SplittableRandom random;
    private final Weights weights;
    private final Actions record;
    private final int[] keys = new int[KEYS];
    private final int[] keyUses = new int[KEYS];
    private final KvGenerator revisions;
    private int nextKey = 1;
    private long nextValue = 1;
    private boolean isCut;

    private int stalled = -1;

    Generator(final World world, final SplittableRandom random, final Actions record) {
        this.world = world;
        this.random = random;
        this.record = record;
        weights = new Weights(random);
        revisions = new KvGenerator(this, world, random);
        for (int i = 0; i < KEYS; i++) {
            keys[i] = nextKey++;
        }
    }

    /** Draws and does one action. */
    void next() {
        int dice = random.nextInt(Weights.TOTAL);
        if ((dice -= weights.tick) < 0) {
            tick();
        } else if ((dice -= weights.sync) < 0) {
            act(random.nextInt(8) == 0 ? Deed.PREPARE : Deed.SYNC, anyPlace());
        } else if ((dice -= weights.write) < 0) {
            act(Deed.WRITE, anyPlace());
        } else if ((dice -= weights.ask) < 0) {
            ask();
        } else if ((dice -= weights.look) < 0) {
            act(Deed.LOOK, anyPlace(), keys[random.nextInt(KEYS)]);
        } else if ((dice -= weights.queue) < 0) {
            act(Deed.QUEUE, server(), nextValue++);
        } else if ((dice -= weights.expire) < 0) {
            act(Deed.EXPIRE, server(), random.nextInt(5), nextValue++, random.nextInt(3000));
        } else if ((dice -= weights.watch) < 0) {
            watch();
        } else {
            fault(dice);
        }
    }

    private void fault(final int roll) {
        int dice = roll;
        if ((dice -= weights.lose) < 0) {
            onPacket(rarely(Deed.LOSE));
        } else if ((dice -= weights.repeat) < 0) {
            onPacket(rarely(Deed.REPEAT));
        } else if ((dice -= weights.partition) < 0) {
            partition();
        } else if ((dice -= weights.cut) < 0) {
            act(Deed.CUT, anyPlace(), anyPlace(), random.nextInt(2));
        } else if ((dice -= weights.congest) < 0) {
            act(Deed.CONGEST, anyPlace(), anyPlace(), random.nextInt(3) / 2);
        } else if ((dice -= weights.disconnect) < 0) {
            act(Deed.DISCONNECT, anyPlace(), anyPlace());
        } else if ((dice -= weights.crash) < 0) {
            crash();
        } else if ((dice -= weights.badSync) < 0) {
            act(Deed.BAD_SYNC, anyPlace(), random.nextInt(20));
        } else if ((dice -= weights.room) < 0) {
            room();
        } else if ((dice -= weights.slow) < 0) {
            act(Deed.SLOW, anyPlace(), random.nextInt(2) * random.nextInt(8000));
        } else if ((dice -= weights.flip) < 0) {
            flip();
        } else if ((dice -= weights.jump) < 0) {
            act(Deed.JUMP, anyPlace(), random.nextInt(4000) - 2000);
        } else if ((dice -= weights.change) < 0) {
            change();
        } else if ((dice -= weights.replace) < 0) {
            replace();
        } else if ((dice -= weights.transfer) < 0) {
            act(Deed.TRANSFER, anyPlace(), anyPlace());
        } else if ((dice -= weights.upgrade) < 0) {
            upgrade();
        } else if ((dice -= weights.count) < 0) {
            count();
        } else if ((dice -= weights.users) < 0) {
            users();
        } else if (world.setting().hasRevisions() && (dice -= weights.revisions) < 0) {
            revisions.next();
        } else {
            onPacket(Deed.DELIVER);
        }
    }

    /** Connections break less often than datagrams are lost, and more is lost with them. */
    private Deed rarely(final Deed deed) {
        return world.setting().isOverStreams() && random.nextInt(BREAKS_PER_LOSS) > 0
                ? Deed.DELIVER
                : deed;
    }

    void act(final Deed deed, final long... numbers) {
        final long a = numbers.length > 0 ? numbers[0] : 0;
        final long b = numbers.length > 1 ? numbers[1] : 0;
        final long c = numbers.length > 2 ? numbers[2] : 0;
        final long d = numbers.length > 3 ? numbers[3] : 0;
        record.add(deed, a, b, c, d);
        world.act(deed, a, b, c, d);
    }

    /** A key that nobody has used. */
    int newKey() {
        return nextKey++;
    }

    /** A value that nobody has written. */
    long newValue() {
        return nextValue++;
    }

    private int anyPlace() {
        return random.nextInt(world.placeCount());
    }

    private void tick() {
        if (random.nextInt(1000) < weights.stallPermille) {
            stalled = random.nextInt(3) == 0 ? -1 : anyPlace();
        }
        int number = anyPlace();
        if (number == stalled && random.nextInt(10) > 0) {
            // Its clock stands still, as that of a paused machine does.
            number = anyPlace();
        }
        final Place place = world.place(number);
        if (!place.isUp() && !place.isGone && random.nextInt(8) == 0) {
            act(Deed.START, number);
        } else {
            final boolean isPause = random.nextInt(100) < weights.pausePercent;
            act(Deed.TICK, number, isPause ? 1 + random.nextInt(40) : 1);
        }
    }

    private void onPacket(final Deed deed) {
        final SimNetwork network = world.network();
        if (network.busyCount() == 0) {
            tick();
            return;
        }
        final int link = random.nextInt(network.busyCount());
        final int from = network.busyFrom(link);
        final int to = network.busyTo(link);
        final int size = network.size(from, to);
        final boolean isReordered = random.nextInt(100) < weights.reorderPercent;
        final int k = isReordered ? random.nextInt(size) : 0;
        final boolean isBurst = random.nextInt(100) < weights.burstPercent;
        act(deed, from, to, k, deed == Deed.DELIVER && isBurst ? 2 + random.nextInt(6) : 0);
    }

    /** A place for a request: often the leader. */
    int server() {
        if (random.nextInt(100) < weights.toLeaderPercent) {
            final int leader = leader();
            if (leader >= 0) {
                return leader;
            }
        }
        return anyPlace();
    }

    private int leader() {
        int leader = -1;
        long term = -1;
        for (int i = 0; i < world.placeCount(); i++) {
            final Place place = world.place(i);
            if (place.isUp()
                    && place.member.raft().isLeader()
                    && place.member.raft().term() > term) {
                leader = i;
                term = place.member.raft().term();
            }
        }
        return leader;
    }

    private void upgrade() {
        final int number = anyPlace();
        if (!world.place(number).isNewer) {
            act(Deed.UPGRADE, number);
            act(Deed.START, number);
        }
    }

    private void count() {
        if (random.nextInt(4) == 0) {
            act(Deed.TALLY, server());
        } else {
            act(Deed.COUNT, server(), 1 + random.nextInt(9));
        }
    }

    private void users() {
        act(
                Deed.USERS,
                server(),
                random.nextInt(AUTH_CHANGES),
                random.nextInt(4),
                random.nextInt(1 << 20));
    }

    private void ask() {
        final int number = server();
        final Place place = world.place(number);
        if (!place.isUp() || place.edge.waitingCount() > 6) {
            return;
        }
        final int slot = random.nextInt(KEYS);
        if (++keyUses[slot] > KEY_LIFE) {
            keys[slot] = nextKey++;
            keyUses[slot] = 0;
        }
        final int key = keys[slot];
        final Kind kind = random.nextInt(3) == 0 ? Kind.READ : KINDS[random.nextInt(KINDS.length)];
        final boolean hasValue =
                kind != Kind.READ && kind != Kind.DELETE && kind != Kind.COMPARE_AND_DELETE;
        final boolean compares = kind == Kind.SWAP || kind == Kind.COMPARE_AND_DELETE;
        final long value = hasValue ? nextValue++ : 0;
        final long seen = Math.max(1, world.judges().clients().lastSeen(key));
        act(Deed.ASK, number, kind.ordinal(), key, value | (compares ? seen : 0) << 32);
    }

    private void watch() {
        final int number = anyPlace();
        final Place place = world.place(number);
        if (!place.isUp()) {
            return;
        }
        if (place.edge.watchCount() > 5 || random.nextInt(4) == 0) {
            act(Deed.UNWATCH, number);
        } else {
            final int key = random.nextInt(3) == 0 ? keys[random.nextInt(KEYS)] : 0;
            act(Deed.WATCH, number, key, random.nextInt(2) * random.nextInt(40));
        }
    }

    private void partition() {
        if (isCut && random.nextInt(3) > 0) {
            act(Deed.HEAL);
            isCut = false;
            return;
        }
        isCut = true;
        if (random.nextInt(4) == 0) {
            bridge();
        } else {
            final int mask = random.nextInt(1 << world.placeCount());
            act(Deed.PARTITION, mask, random.nextInt(3) > 0 ? 3 : 1 + random.nextInt(2));
        }
    }

    /** Two halves that see each other only through one member that sees both. */
    private void bridge() {
        final int bridge = anyPlace();
        final int mask = random.nextInt(1 << world.placeCount()) | 1 << bridge;
        act(Deed.PARTITION, mask, 3);
        for (int i = 0; i < world.placeCount(); i++) {
            act(Deed.CUT, bridge, i, 0);
            act(Deed.CUT, i, bridge, 0);
        }
    }

    private void crash() {
        final int number = anyPlace();
        if (random.nextInt(100) < weights.fusePercent) {
            act(Deed.FUSE, number, random.nextInt(30), random.nextLong() >>> 1);
        } else if (random.nextInt(3) == 0) {
            act(Deed.KILL, number);
        } else if (tears(number)) {
            act(Deed.TEAR, number, random.nextLong() >>> 1);
            act(Deed.START, number);
        } else {
            act(Deed.CRASH, number, random.nextLong() >>> 1);
        }
        if (random.nextInt(2) == 0) {
            act(Deed.START, number);
        }
    }

    /** The log may not open after that, so it counts as a loss. */
    private boolean tears(final int number) {
        return weights.change == 0
                && random.nextInt(4) == 0
                && world.place(number).isUp()
                && mayLose(number);
    }

    private void room() {
        final int number = anyPlace();
        if (random.nextInt(3) == 0) {
            act(Deed.ROOM, number, random.nextInt(200_000));
        } else {
            act(Deed.ROOM, number, -1);
        }
    }

    /** Only as many members may be lost as the group can do without. */
    private void flip() {
        final int number = anyPlace();
        final Place place = world.place(number);
        if (!place.isUp() && place.hasRun && mayLose(number)) {
            act(Deed.FLIP, number, random.nextLong() >>> 1);
            act(Deed.START, number);
        }
    }

    /** Wipes a member, removes it and adds another in its place. */
    private void replace() {
        final int leader = leader();
        if (leader < 0) {
            return;
        }
        final ConfState conf = world.place(leader).member.conf();
        for (int i = 0; i < world.placeCount(); i++) {
            final Place place = world.place(i);
            if (place.isGone && place.memberId != 0 && conf.contains(place.memberId)) {
                act(Deed.REMOVE, leader, i);
                return;
            }
        }
        if (addPending()) {
            return;
        }
        if (conf.held().length > 0 && promote(leader)) {
            return;
        }
        if (conf.voters().length < world.setting().size()) {
            add(random.nextBoolean() ? Deed.ADD : Deed.ADD_LEARNER, leader);
            return;
        }
        final int number = anyPlace();
        if (mayLose(number)) {
            act(Deed.WIPE, number);
        }
    }

    /** Starts a member that was added and has not run yet. */
    private boolean addPending() {
        for (int i = 0; i < world.placeCount(); i++) {
            final Place place = world.place(i);
            if (!place.isFounder && !place.hasRun && !place.isGone) {
                if (random.nextInt(3) == 0) {
                    act(Deed.ADD, anyPlace(), i);
                }
                act(Deed.JOIN, i);
                if (random.nextBoolean() && isHeld(place.memberId)) {
                    // Too early, most likely.
                    act(Deed.PROMOTE, server(), i);
                }
                return true;
            }
        }
        return false;
    }

    private void add(final Deed how, final int server) {
        if (world.placeCount() < SimNetwork.PLACES) {
            act(how, server, world.placeCount());
        }
    }

    private void change() {
        final int server = server();
        switch (random.nextInt(5)) {
            case 0 -> {
                if (!addPending()) {
                    add(random.nextInt(3) == 0 ? Deed.ADD : Deed.ADD_LEARNER, server);
                }
            }
            case 1, 2 -> addPending();
            case 3 -> act(Deed.REMOVE, server, anyPlace());
            default -> {
                if (random.nextInt(3) == 0 || !promote(server)) {
                    act(Deed.UPDATE, server, anyPlace());
                }
            }
        }
    }

    /** Whether some member has it as a learner that waits to be promoted. */
    private boolean isHeld(final long memberId) {
        for (int i = 0; i < world.placeCount(); i++) {
            final Place place = world.place(i);
            if (place.isUp() && place.member.conf().isHeld(memberId)) {
                return true;
            }
        }
        return false;
    }

    /** Asks for the promotion of a learner that waits for it; too early, perhaps. */
    private boolean promote(final int server) {
        for (int i = 0; i < world.placeCount(); i++) {
            final Place place = world.place(i);
            if (place.isUp() && place.member.conf().held().length > 0) {
                final int learner = world.placeOf(place.member.conf().held()[0]);
                if (learner >= 0) {
                    act(Deed.PROMOTE, server, learner);
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Whether the group can do without one more member: all agree who belongs to it, and nobody of
     * those is lost yet. On such a day nobody is removed who lives.
     */
    private boolean mayLose(final int number) {
        final Place candidate = world.place(number);
        if (candidate.isGone || candidate.memberId == 0) {
            return false;
        }
        ConfState conf = null;
        for (int i = 0; i < world.placeCount(); i++) {
            final Place place = world.place(i);
            if (place.isUp()) {
                if (conf != null && !conf.equals(place.member.conf())) {
                    return false;
                }
                conf = place.member.conf();
            }
        }
        if (conf == null || conf.isJoint() || !conf.isVoter(candidate.memberId)) {
            return false;
        }
        for (final long id : conf.members()) {
            final int other = world.placeOf(id);
            if (other < 0 || world.place(other).isGone || !world.place(other).hasRun) {
                return false;
            }
        }
        return conf.voters().length >= 3;
    }
}
