package io.larch.engine.sim;

import io.larch.engine.raft.ConfState;
import io.larch.engine.sim.Operation.Kind;
import java.util.List;

/**
 * The end of a run: everything heals, and then the group must come to one leader, equal members and
 * an answer to every request. What the clients were told is judged last.
 */
final class Quiet {
    private static final int ROUNDS = 6000;
    private static final int LOOK_EVERY = 10;
    private static final int HEAL_AGAIN_EVERY = 40;

    /** After so many rounds, time passes quicker, so that requests that hang time out. */
    private static final int SLOW_ROUNDS = 500;

    /** The key of the last write, which no client has used. */
    private static final int LAST_KEY = 1 << 20;

    private static final int DELIVERIES = 3000;

    private static final long NANOS_PER_MS = 1_000_000L;

    private final World world;
    private final SimNetwork network;
    private int rounds;

    Quiet(final World world) {
        this.world = world;
        network = world.network();
    }

    /** Lets everything heal and checks all that must hold then. */
    void settle() {
        upgrade();
        heal();
        for (int round = 0; ; round++) {
            if (round == ROUNDS) {
                throw new Violation("liveness", "does not settle: " + describe());
            }
            round(round < SLOW_ROUNDS ? 1 : 5);
            if (round % LOOK_EVERY == 0 && isSettled()) {
                break;
            }
        }
        promoteAll();
        checkWorks();
        checkEqual();
    }

    /** A learner that waits for its promotion gets it now that all is well. */
    private void promoteAll() {
        final ConfState conf = leader().member.conf();
        for (final long id : conf.members()) {
            if (isNobody(conf, id)) {
                // Nobody knows what it will understand.
                return;
            }
        }
        for (final long id : conf.held()) {
            for (int round = 0; isHeld(id); round++) {
                if (round == SLOW_ROUNDS) {
                    throw new Violation("liveness", "a learner is not promoted: " + describe());
                }
                if (round % HEAL_AGAIN_EVERY == 0 && leader() != null) {
                    world.act(Deed.PROMOTE, leader().number, world.placeOf(id), 0, 0);
                }
                round(1);
            }
        }
    }

    private boolean isHeld(final long id) {
        return leader() == null || leader().member.conf().isHeld(id);
    }

    /** An upgrade that was begun is brought to its end. */
    private void upgrade() {
        boolean isBegun = false;
        for (int i = 0; i < world.placeCount(); i++) {
            isBegun |= world.place(i).isNewer;
        }
        for (int i = 0; isBegun && i < world.placeCount(); i++) {
            if (!world.place(i).isNewer) {
                world.act(Deed.UPGRADE, i, 0, 0, 0);
            }
        }
    }

    private void heal() {
        world.act(Deed.HEAL, 0, 0, 0, 0);
        for (int i = 0; i < world.placeCount(); i++) {
            final Place place = world.place(i);
            world.act(Deed.PAUSE, i, 0, 0, 0);
            world.act(Deed.CLOG, i, 0, 0, 0);
            place.power.failAfter(-1);
            place.disk.failForceAfter(-1);
            place.disk.freeBytes(Long.MAX_VALUE);
            place.disk.forceNanos(0);
        }
        restart();
    }

    private void restart() {
        for (int i = 0; i < world.placeCount(); i++) {
            final Place place = world.place(i);
            if (!place.isUp() && !place.isGone) {
                world.act(place.hasRun ? Deed.START : Deed.JOIN, i, 0, 0, 0);
            }
        }
    }

    /** Members whose disk is lost are taken out, as an operator would. */
    private void removeTheLost() {
        final Place leader = leader();
        if (leader == null) {
            return;
        }
        for (int i = 0; i < world.placeCount(); i++) {
            final Place place = world.place(i);
            if (place.isRemoved && leader.member.conf().contains(place.memberId)) {
                throw new Violation(
                        "only the removed stop", "member " + i + " stopped: " + describe());
            }
            if (place.isGone && leader.member.conf().contains(place.memberId)) {
                world.act(Deed.REMOVE, leader.number, i, 0, 0);
                return;
            }
        }
    }

    private void round(final int millis) {
        if (++rounds % HEAL_AGAIN_EVERY == 0) {
            restart();
            removeTheLost();
        }
        world.judges().locks().pass(millis * NANOS_PER_MS);
        for (int i = 0; i < world.placeCount(); i++) {
            final Place place = world.place(i);
            if (place.isUp()) {
                world.act(Deed.TICK, i, millis, 0, 0);
                world.act(Deed.PREPARE, i, 0, 0, 0);
                world.act(Deed.SYNC, i, 0, 0, 0);
            }
            while (place.isUp() && !place.tasks.isEmpty()) {
                world.act(Deed.WRITE, i, 0, 0, 0);
            }
        }
        for (int i = 0; i < DELIVERIES && network.busyCount() > 0; i++) {
            final int to = network.busyTo(0);
            world.act(Deed.DELIVER, network.busyFrom(0), to, 0, 1);
            world.act(Deed.SYNC, to, 0, 0, 0);
        }
        for (int i = 0; i < world.placeCount(); i++) {
            world.act(Deed.TURN, i, 0, 0, 0);
        }
    }

    private Place leader() {
        Place leader = null;
        for (int i = 0; i < world.placeCount(); i++) {
            final Place place = world.place(i);
            if (place.isUp()
                    && place.member.raft().isLeader()
                    && (leader == null
                            || place.member.raft().term() > leader.member.raft().term())) {
                leader = place;
            }
        }
        return leader;
    }

    private boolean isSettled() {
        final Place leader = leader();
        // One that was removed leads until another can.
        if (leader == null
                || !leader.member.conf().contains(leader.memberId)
                || leader.member.raft().commitIndex() != leader.member.raft().lastIndex()
                || leader.member.raft().isConfChangePending()) {
            return false;
        }
        final ConfState conf = leader.member.conf();
        for (final long id : conf.members()) {
            if (isNobody(conf, id)) {
                continue;
            }
            final int number = world.placeOf(id);
            if (number < 0 || !isEqual(world.place(number), leader)) {
                return false;
            }
        }
        for (int i = 0; i < world.placeCount(); i++) {
            final Place place = world.place(i);
            if (place.isUp()
                    && (place.edge.waitingCount() > 0
                            || place.member.wal().isDiskFull()
                            || place.member.kv() != null && place.member.kv().hasWork())) {
                return false;
            }
        }
        return true;
    }

    /**
     * A learner that was added for a server which had left by then: asked for twice, and the second
     * time done after the first one was removed. Nobody will ever start it.
     */
    private boolean isNobody(final ConfState conf, final long id) {
        return world.placeOf(id) < 0 && conf.isLearner(id);
    }

    private static boolean isEqual(final Place place, final Place leader) {
        return place.isUp()
                && place.member.raft().appliedIndex() == leader.member.raft().appliedIndex()
                && place.member.raft().leaderId() == leader.memberId;
    }

    /** A write and a read by any member, now that all is well. */
    private void checkWorks() {
        final Place leader = leader();
        int key = LAST_KEY;
        for (final long id : leader.member.conf().members()) {
            if (isNobody(leader.member.conf(), id)) {
                continue;
            }
            final int number = world.placeOf(id);
            final long value = ++key;
            world.act(Deed.ASK, number, Kind.SET.ordinal(), key, value);
            awaitAnswers("a write at member " + number);
            world.act(Deed.ASK, number, Kind.READ.ordinal(), key, 0);
            awaitAnswers("a read at member " + number);
            if (world.judges().clients().lastSeen(key) != value) {
                throw new Violation(
                        "liveness",
                        "member "
                                + number
                                + " does not serve: "
                                + world.judges().clients().describe(key)
                                + describe());
            }
        }
    }

    private void awaitAnswers(final String what) {
        for (int round = 0; round < SLOW_ROUNDS; round++) {
            round(1);
            boolean isWaiting = false;
            for (int i = 0; i < world.placeCount(); i++) {
                final Place place = world.place(i);
                isWaiting |= place.isUp() && place.edge.waitingCount() > 0;
            }
            if (!isWaiting) {
                return;
            }
        }
        throw new Violation("liveness", what + " is not answered: " + describe());
    }

    private void checkEqual() {
        for (int round = 0; round < SLOW_ROUNDS && !isSettled(); round++) {
            round(1);
        }
        final Place leader = leader();
        if (leader == null || !isSettled()) {
            throw new Violation("liveness", "does not stay settled: " + describe());
        }
        final long digest = leader.member.store().digest();
        for (final long id : leader.member.conf().members()) {
            if (isNobody(leader.member.conf(), id)) {
                continue;
            }
            final Place place = world.place(world.placeOf(id));
            if (place.member.store().digest() != digest) {
                throw new Violation(
                        "equal trees",
                        "members " + leader.number + " and " + place.number + " differ in the end");
            }
            if (place.member.counter() != null) {
                world.judges().tally().check(place.number, place.member.counter().sum());
            }
            if (place.member.auth() != null) {
                world.judges()
                        .auth()
                        .check(place.number, place.member.auth(), leader.member.auth());
            }
            place.edge.endWatches(place.member.store().index());
            if (place.member.kv() != null) {
                checkRevisions(place, leader);
            }
        }
        for (final long id : leader.member.conf().members()) {
            if (!isNobody(leader.member.conf(), id)) {
                world.judges().clients().checkQueue(listing(world.place(world.placeOf(id))));
            }
        }
        world.judges().clients().checkHistories();
    }

    private static void checkRevisions(final Place place, final Place leader) {
        if (place.member.kv().digest() != leader.member.kv().digest()) {
            throw new Violation(
                    "equal revisions",
                    "members " + leader.number + " and " + place.number + " differ in the end");
        }
        place.edge.kv().checkEnd(place.member.kv());
    }

    /** A long listing comes in parts. */
    private List<Long> listing(final Place place) {
        final List<Long> queue = place.edge.listQueue();
        for (int round = 0; round < SLOW_ROUNDS && place.edge.isListing(); round++) {
            round(1);
        }
        if (place.edge.isListing()) {
            throw new Violation("liveness", "a listing does not come: " + describe());
        }
        return queue;
    }

    private String describe() {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < world.placeCount(); i++) {
            final Place place = world.place(i);
            text.append("\n  ").append(i).append(": ");
            if (!place.isUp()) {
                text.append(place.isGone ? "gone" : "down");
                continue;
            }
            final var raft = place.member.raft();
            text.append(raft.role())
                    .append(" id=")
                    .append(Long.toHexString(place.memberId))
                    .append(" term=")
                    .append(raft.term())
                    .append(" leader=")
                    .append(Long.toHexString(raft.leaderId()))
                    .append(" log=")
                    .append(place.member.wal().firstIndex())
                    .append("..")
                    .append(raft.lastIndex())
                    .append(" durable=")
                    .append(raft.durableIndex())
                    .append(" commit=")
                    .append(raft.commitIndex())
                    .append(" applied=")
                    .append(raft.appliedIndex())
                    .append(" conf=")
                    .append(place.member.conf())
                    .append(" waiting=")
                    .append(place.edge.describeWaiting());
            for (int p = 0; p < raft.peerCount(); p++) {
                text.append("\n      peer ")
                        .append(Long.toHexString(raft.peer(p).id()))
                        .append(' ')
                        .append(raft.peer(p).state())
                        .append(" match=")
                        .append(raft.peer(p).match())
                        .append(" next=")
                        .append(raft.peer(p).next());
            }
        }
        return text.toString();
    }
}
