package io.larch.engine.sim;

import io.larch.engine.ChangeQuery;
import io.larch.engine.port.Query;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A group of whole members on one thread. Everything that happens is an action; the same actions
 * always have the same effects. After each action all that must hold is checked.
 */
final class World {
    private static final long NANOS_PER_MS = 1_000_000L;

    private final Setting setting;
    private final SimNetwork network;
    private final Judges judges;
    private final Truth truth = new Truth();
    private final Group group;
    private final Processes processes;
    private final Requests requests;
    private long step;

    /**
     * @param breach of a rule, by all members.
     */
    World(final Setting setting, final Breach breach) {
        this.setting = setting;
        judges = Judges.of(setting.hasRevisions());
        network =
                setting.isOverStreams()
                        ? SimNetwork.ofStreams(this::onConnectionLost)
                        : new SimNetwork();
        group = new Group(setting.size(), truth);
        processes =
                new Processes(
                        group,
                        new Assembly(setting, group, judges.kv(), breach),
                        network,
                        setting,
                        breach,
                        judges,
                        () -> step);
        requests = new Requests(group, processes, judges.clients(), judges.locks());
        for (final Place place : group.places()) {
            processes.guard(place, processes::start);
        }
    }

    Setting setting() {
        return setting;
    }

    int placeCount() {
        return group.size();
    }

    Place place(final int number) {
        return group.place(number);
    }

    int placeOf(final long memberId) {
        return group.placeOf(memberId);
    }

    /** Who leads in the highest term; null when nobody does. */
    Place leader() {
        return group.leader();
    }

    SimNetwork network() {
        return network;
    }

    Judges judges() {
        return judges;
    }

    Truth truth() {
        return truth;
    }

    long step() {
        return step;
    }

    /** Depends on all that members sent and answered. */
    long digest() {
        long digest = network.digest() + processes.answersDigest();
        for (final Place place : group.places()) {
            digest = digest * 31 + (place.edge == null ? 0 : place.edge.digest());
        }
        return digest;
    }

    /** Frees all members. */
    void close() {
        for (final Place place : group.places()) {
            if (place.isUp()) {
                place.loseProcess();
            }
        }
    }

    /** Does one action. */
    void act(final Deed deed, final long a, final long b, final long c, final long d) {
        step++;
        switch (deed) {
            case DELIVER -> deliver((int) a, (int) b, (int) c, (int) d);
            case LOSE -> network.lose((int) a, (int) b, (int) c);
            case REPEAT -> network.repeat((int) a, (int) b, (int) c);
            case PARTITION -> partition((int) a, (int) b);
            case HEAL -> network.heal();
            case CUT -> network.cut((int) a, (int) b, c != 0);
            case PASS -> pass(a * NANOS_PER_MS);
            case CALM -> judges.locks().calm(a != 0);
            case GIVE_UP -> requests.giveUp((int) a, (int) b);
            case CONGEST -> network.congest((int) a, (int) b, c != 0);
            default -> {
                if (a >= 0 && a < group.size()) {
                    actAt(group.place((int) a), deed, b, c, d);
                }
            }
        }
    }

    private void actAt(
            final Place place, final Deed deed, final long b, final long c, final long d) {
        if (place.isUp()) {
            actUp(place, deed, b, c, d);
        } else {
            actDown(place, deed, b);
        }
    }

    private void actDown(final Place place, final Deed deed, final long b) {
        switch (deed) {
            case START, JOIN -> processes.guard(place, processes::start);
            case TICK -> place.clock.pass(b * NANOS_PER_MS);
            case ROOM -> place.disk.freeBytes(b < 0 ? Long.MAX_VALUE : b);
            case JUMP, SKEW, FREEZE -> wallClock(place, deed, b);
            case PAUSE -> place.isPaused = b != 0;
            case FLIP -> processes.flip(place, b);
            case WIPE -> processes.wipe(place);
            case UPGRADE -> place.isNewer = true;
            default -> {
                // Nobody is there.
            }
        }
    }

    private void actUp(
            final Place place, final Deed deed, final long b, final long c, final long d) {
        switch (deed) {
            case TICK -> {
                place.clock.pass(b * NANOS_PER_MS);
                processes.turn(place);
            }
            case TURN -> processes.turn(place);
            case SYNC -> processes.guard(place, each -> each.member.sync());
            case PREPARE -> processes.guard(place, each -> each.member.prepareSegment());
            case WRITE -> write(place);
            case DISCONNECT -> disconnect(place, (int) b);
            case CRASH -> processes.crash(place, b);
            case TEAR -> {
                place.disk.tear(new SplittableRandom(b));
                place.isDamaged = true;
                processes.crash(place, b);
            }
            case KILL -> processes.kill(place);
            case FUSE -> place.fuse((int) b, c);
            case BAD_SYNC -> place.disk.failForceAfter((int) b);
            case ROOM -> place.disk.freeBytes(b < 0 ? Long.MAX_VALUE : b);
            case SLOW -> place.disk.forceNanos(b * 1000);
            case JUMP, SKEW, FREEZE -> wallClock(place, deed, b);
            case PAUSE -> place.isPaused = b != 0;
            case CLOG -> place.edge.clog(b != 0);
            case WIPE -> {
                processes.kill(place);
                processes.wipe(place);
            }
            case UPGRADE -> {
                processes.kill(place);
                place.isNewer = true;
            }
            case ADD, REMOVE, UPDATE, ADD_LEARNER, PROMOTE -> change(place, deed, (int) b);
            case TRANSFER -> transfer(place, (int) b);
            default -> requests.act(place, deed, b, c, d);
        }
    }

    private static void wallClock(final Place place, final Deed deed, final long number) {
        switch (deed) {
            case JUMP -> place.clock.jump(number * NANOS_PER_MS);
            case SKEW -> place.clock.skew(number);
            default -> place.clock.freeze(number != 0);
        }
    }

    private void pass(final long nanos) {
        judges.locks().pass(nanos);
        for (final Place place : group.places()) {
            place.clock.pass(nanos);
            if (place.isUp()) {
                processes.turn(place);
            }
        }
        for (final Place place : group.places()) {
            if (place.isUp()) {
                judges.locks().check(place);
            }
        }
        judges.locks().checkEnds(group.leader());
    }

    private void change(final Place place, final Deed deed, final int subject) {
        final Query.MemberChange.Op op = Query.MemberChange.Op.valueOf(deed.name());
        if (op.isAddition() && subject == group.size() && subject < SimNetwork.PLACES) {
            group.add();
        }
        if (subject >= group.size() || op.isAddition() && group.place(subject).memberId != 0) {
            return;
        }
        final boolean hasUrls = op.isAddition() || op == Query.MemberChange.Op.UPDATE;
        final Query.MemberChange change =
                new Query.MemberChange(
                        op,
                        op.isAddition() ? 0 : group.place(subject).memberId,
                        hasUrls ? List.of(Group.url(subject)) : List.of());
        final CheckedEdge edge = place.edge;
        edge.changeAsked();
        // What came of it shows in the membership.
        processes.guard(
                place, each -> edge.ask(new ChangeQuery(change, answer -> edge.changeAnswered())));
    }

    private void transfer(final Place place, final int target) {
        if (target < group.size() && group.place(target).memberId != 0) {
            processes.guard(
                    place,
                    each -> each.member.raft().transferLeadership(group.place(target).memberId));
        }
    }

    private void write(final Place place) {
        final Runnable task = place.tasks.poll();
        if (task != null) {
            processes.guard(place, any -> task.run());
        }
    }

    private void disconnect(final Place place, final int peer) {
        if (peer < group.size() && group.place(peer).memberId != 0) {
            place.transport.loseConnection(group.place(peer).memberId);
            processes.turn(place);
        }
    }

    private void deliver(final int from, final int to, final int k, final int count) {
        if (network.isHeldBack(from, to)) {
            return;
        }
        Place receiver = null;
        for (int i = 0; i < Math.max(1, count); i++) {
            final Packet packet = network.take(from, to, k);
            if (packet == null) {
                break;
            }
            final Place place = to < group.size() ? group.place(to) : null;
            if (place == null || !place.isUp() || network.isCut(from, to)) {
                network.recycle(packet);
            } else {
                receiver = place;
                place.transport.arrive(packet);
            }
        }
        if (receiver != null) {
            processes.turn(receiver);
        }
    }

    /** Its owner hears of it when it looks. */
    private void onConnectionLost(final int from, final int to) {
        if (from >= group.size() || to >= group.size() || !group.place(from).isUp()) {
            return;
        }
        final SimTransport transport = group.place(from).transport;
        if (transport.isConnectedTo(group.place(to).memberId)) {
            transport.loseConnection(group.place(to).memberId);
        }
    }

    private void partition(final int mask, final int direction) {
        for (int from = 0; from < group.size(); from++) {
            for (int to = 0; to < group.size(); to++) {
                final boolean isInside = (mask >>> from & 1) != 0;
                final boolean isToInside = (mask >>> to & 1) != 0;
                final int way = isInside ? 1 : 2;
                network.cut(from, to, isInside != isToInside && (direction & way) != 0);
            }
        }
    }
}
