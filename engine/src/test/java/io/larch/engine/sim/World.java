package io.larch.engine.sim;

import io.larch.engine.ChangeQuery;
import io.larch.engine.EngineContext;
import io.larch.engine.MemberRemovedException;
import io.larch.engine.SimMember;
import io.larch.engine.application.ApplicationFactory;
import io.larch.engine.apply.UnknownCommandException;
import io.larch.engine.auth.AuthApplication;
import io.larch.engine.counter.CounterApplication;
import io.larch.engine.kv.KvApplication;
import io.larch.engine.kv.KvContext;
import io.larch.engine.member.Member;
import io.larch.engine.port.AuthView;
import io.larch.engine.port.AuthViews;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.engine.raft.ConfState;
import io.larch.engine.sim.Operation.Kind;
import io.larch.engine.snapshot.UnknownSectionException;
import io.larch.engine.wal.WalException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * A group of whole members on one thread. Everything that happens is an action; the same actions
 * always have the same effects. After each action all that must hold is checked.
 */
final class World {
    private static final long CLUSTER_ID = 0x1a5c;
    private static final long MEMBER_ID_BASE = 0x100;
    private static final long NANOS_PER_MS = 1_000_000L;
    private static final int HEARTBEATS_PER_ELECTION = 10;
    private static final Kind[] KINDS = Kind.values();
    private static final AuthChange[] AUTH_CHANGES = AuthChange.values();

    private final Setting setting;
    private final String brokenRule;
    private final SimNetwork network;
    private final Truth truth = new Truth();
    private final WatchCheck watches = new WatchCheck();
    private final Clients clients = new Clients();
    private final Locks locks;
    private final Tally tally = new Tally();
    private final AuthCheck auth = new AuthCheck();
    private final KvHistory revisions = new KvHistory();
    private final List<Place> places = new ArrayList<>();
    private long step;
    private long answersDigest;

    /**
     * @param brokenRule name of a rule of the core that all members break, or null.
     */
    World(final Setting setting, final String brokenRule) {
        this.setting = setting;
        this.brokenRule = brokenRule;
        locks = new Locks(setting.hasRevisions());
        network =
                setting.isOverStreams()
                        ? SimNetwork.ofStreams(this::onConnectionLost)
                        : new SimNetwork();
        for (int i = 0; i < setting.size(); i++) {
            final Place place = newPlace();
            place.memberId = MEMBER_ID_BASE + i;
            place.isFounder = true;
        }
        for (final Place place : places) {
            guard(place, this::start);
        }
    }

    private Place newPlace() {
        final int number = places.size();
        final Place place = new Place(number, new LogCheck(truth, this::isDurable, number));
        // Clocks of different machines have nothing in common.
        place.clock.pass(number * 1_234_567L);
        place.clock.jump(number * 50 * NANOS_PER_MS);
        places.add(place);
        return place;
    }

    Setting setting() {
        return setting;
    }

    WatchCheck watches() {
        return watches;
    }

    int placeCount() {
        return places.size();
    }

    Place place(final int number) {
        return places.get(number);
    }

    SimNetwork network() {
        return network;
    }

    Clients clients() {
        return clients;
    }

    Tally tally() {
        return tally;
    }

    AuthCheck auth() {
        return auth;
    }

    Locks locks() {
        return locks;
    }

    Truth truth() {
        return truth;
    }

    long step() {
        return step;
    }

    /** Depends on all that members sent and answered. */
    long digest() {
        long digest = network.digest() + answersDigest;
        for (final Place place : places) {
            digest = digest * 31 + (place.edge == null ? 0 : place.edge.digest());
        }
        return digest;
    }

    /** Frees all members. */
    void close() {
        for (final Place place : places) {
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
            case CALM -> locks.calm(a != 0);
            case GIVE_UP -> giveUp((int) a, (int) b);
            case CONGEST -> network.congest((int) a, (int) b, c != 0);
            default -> {
                if (a >= 0 && a < places.size()) {
                    actAt(places.get((int) a), deed, b, c, d);
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
            case START, JOIN -> guard(place, this::start);
            case TICK -> place.clock.pass(b * NANOS_PER_MS);
            case ROOM -> place.disk.freeBytes(b < 0 ? Long.MAX_VALUE : b);
            case JUMP, SKEW, FREEZE -> wallClock(place, deed, b);
            case PAUSE -> place.isPaused = b != 0;
            case FLIP -> flip(place, b);
            case WIPE -> wipe(place);
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
                turn(place);
            }
            case TURN -> turn(place);
            case SYNC -> guard(place, each -> each.member.sync());
            case PREPARE -> guard(place, each -> each.member.prepareSegment());
            case WRITE -> write(place);
            case DISCONNECT -> disconnect(place, (int) b);
            case CRASH -> crash(place, b);
            case TEAR -> {
                place.disk.tear(new SplittableRandom(b));
                place.isDamaged = true;
                crash(place, b);
            }
            case KILL -> kill(place);
            case FUSE -> place.fuse((int) b, c);
            case BAD_SYNC -> place.disk.failForceAfter((int) b);
            case ROOM -> place.disk.freeBytes(b < 0 ? Long.MAX_VALUE : b);
            case SLOW -> place.disk.forceNanos(b * 1000);
            case JUMP, SKEW, FREEZE -> wallClock(place, deed, b);
            case PAUSE -> place.isPaused = b != 0;
            case WIPE -> {
                kill(place);
                wipe(place);
            }
            case UPGRADE -> {
                kill(place);
                place.isNewer = true;
            }
            case ADD, REMOVE, UPDATE -> change(place, deed, (int) b);
            case TRANSFER -> transfer(place, (int) b);
            default -> request(place, deed, b, c, d);
        }
    }

    /** Clients of an older member do not know of counters. */
    private void count(final Place place, final long amount) {
        if (place.member.counter() != null) {
            guard(place, p -> p.edge.count(amount));
        }
    }

    private void users(final Place place, final int change, final int name, final long number) {
        if (place.member.auth() != null) {
            guard(place, p -> p.edge.change(AUTH_CHANGES[change], name, number));
        }
    }

    private void request(
            final Place place, final Deed deed, final long b, final long c, final long d) {
        switch (deed) {
            case ASK -> {
                final int key = (int) c;
                if (clients.takesMore(key)) {
                    final Kind kind = KINDS[(int) b];
                    guard(place, p -> p.edge.ask(key, kind, d & 0xffffffffL, d >>> 32));
                }
            }
            case LOOK -> guard(place, p -> p.edge.look((int) b));
            case QUEUE -> guard(place, p -> p.edge.queue(b));
            case EXPIRE -> guard(place, p -> p.edge.expire((int) b, c, d));
            case WATCH ->
                    guard(
                            place,
                            p ->
                                    p.edge.watch(
                                            (int) b,
                                            c == 0
                                                    ? 0
                                                    : Math.max(1, p.member.store().index() - c)));
            case LOCK -> lock(place, (int) b, (int) c, d * NANOS_PER_MS);
            case REFRESH -> refresh(place, (int) b, (int) c);
            case UNWATCH -> guard(place, p -> p.edge.unwatch());
            case COUNT -> count(place, b);
            case TALLY -> count(place, 0);
            case USERS -> users(place, (int) b, (int) c, d);
            case KV_ASK, KV_GROUP, KV_LEASE, KV_COMPACT, KV_WATCH, KV_UNWATCH -> {
                if (place.member.kv() != null) {
                    guard(place, p -> revisions(p, deed, b, c, d));
                }
            }
            default -> {
                // It is there already.
            }
        }
    }

    private void revisions(
            final Place place, final Deed deed, final long b, final long c, final long d) {
        final KvClients kv = place.edge.kv();
        final long newest = place.member.kv().index();
        switch (deed) {
            case KV_ASK -> {
                final int key = (int) c;
                if (clients.takesMore(KvClients.FIRST_KEY + key)) {
                    kv.ask(key, KINDS[(int) b], d & 0xffffffffL, d >>> 32);
                }
            }
            case KV_GROUP -> kv.group(b, c);
            case KV_LEASE -> kv.lease((int) b, c, d);
            case KV_COMPACT -> kv.compact(newest - b);
            case KV_WATCH -> kv.watch((int) b, c == 0 ? 0 : Math.max(1, newest + 1 - c));
            default -> kv.unwatch();
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
        locks.pass(nanos);
        for (final Place place : places) {
            place.clock.pass(nanos);
            if (place.isUp()) {
                turn(place);
            }
        }
        for (final Place place : places) {
            if (place.isUp()) {
                locks.check(place);
            }
        }
        locks.checkEnds(leader());
    }

    /** Who leads in the highest term; null when nobody does. */
    Place leader() {
        Place leader = null;
        for (final Place place : places) {
            if (place.isUp()
                    && place.member.raft().isLeader()
                    && (leader == null
                            || place.member.raft().term() > leader.member.raft().term())) {
                leader = place;
            }
        }
        return leader;
    }

    private void lock(final Place place, final int lock, final int client, final long ttlNanos) {
        if (!place.isPaused && !locks.isAsking(lock, client) && !locks.holds(lock, client)) {
            final long ttl = locks.isUnderLease(lock) ? wholeSeconds(ttlNanos) : ttlNanos;
            guard(place, p -> lock(p, locks.take(lock, client, ttl), lock, true));
        }
    }

    private void refresh(final Place place, final int lock, final int client) {
        if (!place.isPaused && !locks.isAsking(lock, client) && locks.holds(lock, client)) {
            guard(place, p -> lock(p, locks.refresh(lock, client), lock, false));
        }
    }

    private void lock(final Place place, final Locks.Ask ask, final int lock, final boolean isNew) {
        if (locks.isUnderLease(lock)) {
            place.edge.kv().lock(ask, lock, isNew);
        } else {
            place.edge.lock(ask, lock, isNew);
        }
    }

    private static long wholeSeconds(final long nanos) {
        return (nanos / (1000 * NANOS_PER_MS) + 1) * 1000 * NANOS_PER_MS;
    }

    private void giveUp(final int lock, final int client) {
        final Locks.Ask ask = locks.giveUp(lock, client);
        for (final Place place : places) {
            if (ask != null && place.isUp()) {
                guard(place, p -> p.edge.giveUp(ask));
            }
        }
    }

    void turn(final Place place) {
        if (place.isPaused) {
            return;
        }
        guard(place, each -> each.member.turn());
    }

    /** Does something with a member, checks what came of it, and sees to its end if it ends. */
    private void guard(final Place place, final Consumer<Place> deed) {
        if (!place.isUp() && place.isGone) {
            return;
        }
        try {
            deed.accept(place);
            if (place.isUp()) {
                if (place.power.isOff()) {
                    // The member took it for a failure of its own, to be told later.
                    throw new SimCrash();
                }
                place.check.after(place.member);
                look(place);
            }
        } catch (final SimCrash crash) {
            if (place.isUp()) {
                place.check.onCrash(place.member);
                end(place);
            }
            place.loseUnsynced();
        } catch (final Violation violation) {
            throw violation;
        } catch (final MemberRemovedException removed) {
            if (place.isUp()) {
                place.check.onCrash(place.member);
                end(place);
            }
            place.isGone = true;
            place.isRemoved = true;
        } catch (final RuntimeException | Error failure) {
            fail(place, failure);
        }
    }

    private void look(final Place place) {
        final AuthView view = place.member.auth();
        if (view != null && view != place.seen) {
            place.seen = view;
            auth.see(place.number, view);
        }
        if (place.member.kv() != null) {
            place.edge.kv().check(place.member.kv());
        }
    }

    /** The member stopped by itself, for a reason, one hopes. */
    private void fail(final Place place, final Throwable failure) {
        final boolean isExplained =
                place.disk.hasFailed()
                        || isTooOld(place, failure)
                        || place.disk.isLimited() && failure instanceof WalException;
        if (!isExplained) {
            throw new Violation(
                    "no unexpected end", "member " + place.number + " stops: " + failure, failure);
        }
        if (place.isUp()) {
            place.check.onCrash(place.member);
            end(place);
        }
        place.loseUnsynced(step);
    }

    /** One that joins may be of a build that the others have left behind: it says so and stops. */
    private static boolean isTooOld(final Place place, final Throwable failure) {
        return (failure instanceof UnknownCommandException
                        || failure instanceof UnknownSectionException)
                && !place.isFounder
                && !place.isNewer;
    }

    private void end(final Place place) {
        place.isPaused = false;
        answersDigest = answersDigest * 31 + place.edge.digest();
        place.loseProcess();
        place.transport = null;
        place.edge = null;
        network.endLife(place.number);
    }

    private void crash(final Place place, final long seed) {
        place.check.onCrash(place.member);
        end(place);
        place.loseUnsynced(seed);
    }

    private void kill(final Place place) {
        place.check.onCrash(place.member);
        end(place);
    }

    private void flip(final Place place, final long seed) {
        if (place.hasRun && place.disk.flip(new SplittableRandom(seed)) != null) {
            place.isDamaged = true;
        }
    }

    private void wipe(final Place place) {
        place.disk.wipe();
        place.isGone = true;
    }

    private void start(final Place place) {
        if (place.isUp() || place.isGone) {
            return;
        }
        if (place.memberId == 0 && !findId(place)) {
            return;
        }
        place.power.on();
        place.disk.restart();
        place.transport =
                new SimTransport(
                        network,
                        place.number,
                        place.power,
                        place.clock,
                        this::placeOf,
                        message -> place.check.onSent(place.member, message));
        place.edge =
                new CheckedEdge(
                        place.number,
                        clients,
                        locks,
                        watches,
                        tally,
                        auth,
                        revisions,
                        () -> step,
                        place.clock);
        final SimMember started;
        try {
            started =
                    SimMember.launch(context(place), setting.isThreaded(place.number), brokenRule);
        } catch (final MemberRemovedException removed) {
            place.transport.close();
            throw removed;
        } catch (final RuntimeException refusal) {
            place.transport.close();
            if (!place.isDamaged) {
                throw refusal;
            }
            // Damage was noticed: that is all one can ask for.
            place.isGone = true;
            return;
        }
        place.member = started;
        place.hasRun = true;
        place.edge.port(started.openPort(place.edge));
        place.check.onStart(started);
        place.isDamaged = false;
    }

    private EngineContext context(final Place place) {
        return SimMember.tune(
                newContext(place), setting.trailing(), setting.window(), setting.batch());
    }

    private EngineContext newContext(final Place place) {
        return settings(place)
                .memberId(place.memberId)
                .clusterId(CLUSTER_ID)
                .name("m" + place.number)
                .peerUrls(List.of(url(place.number)))
                .clientUrls(List.of(url(place.number)))
                .memberDir(Path.of("m" + place.number))
                .walFiles(place.walFiles)
                .snapFiles(place.snapFiles)
                .snapshotExecutor(place.tasks::add)
                .walSegmentBytes(setting.segmentBytes())
                .walMapped(setting.isMapped(place.number))
                .heartbeatIntervalMs(setting.heartbeatMs())
                .electionTimeoutMs(HEARTBEATS_PER_ELECTION * setting.heartbeatMs())
                .snapshotCount(setting.snapshotCount())
                .eventHistory(setting.eventHistory())
                .maxNodes(10_000)
                .maxBytes(64 << 20)
                .founders(founders(place))
                .joining(!place.isFounder)
                .transport(place.transport)
                .nanoTime(place.clock.monotonic())
                .epochNanos(place.clock.wall());
    }

    /** Which applications a member has, and what it says of that. */
    private EngineContext settings(final Place place) {
        final List<ApplicationFactory> applications = new ArrayList<>();
        if (place.isNewer || setting.hasRevisions()) {
            applications.add(AuthApplication.publishingTo(new AuthViews()));
        }
        if (setting.hasRevisions()) {
            applications.add(KvApplication.of(new KvContext()));
        }
        if (place.isNewer) {
            applications.add(CounterApplication::create);
        }
        final EngineContext context = new EngineContext().applications(applications);
        if (place.isNewer) {
            return context.featureLevel(CounterApplication.FEATURE_LEVEL);
        }
        return setting.hasRevisions() ? context.featureLevel(KvApplication.FEATURE_LEVEL) : context;
    }

    /** Of a member that joins: whom it was told about when it was added. */
    private List<Member> founders(final Place joining) {
        if (!joining.isFounder) {
            return joining.toldMembers;
        }
        final List<Member> founders = new ArrayList<>();
        for (final Place place : places) {
            if (place.isFounder) {
                founders.add(new Member(place.memberId, "", List.of(url(place.number)), List.of()));
            }
        }
        return founders;
    }

    static String url(final int number) {
        return "http://127.0.0.1:" + (10_000 + number);
    }

    int placeOf(final long memberId) {
        for (final Place place : places) {
            if (place.memberId == memberId) {
                return place.number;
            }
        }
        return -1;
    }

    /** Looks whether any member knows one at the URL of this place; takes the newest word on it. */
    private boolean findId(final Place joining) {
        long newest = -1;
        for (final Place place : places) {
            if (!place.isUp() || place.member.raft().appliedIndex() <= newest) {
                continue;
            }
            final List<QueryViews.Member> members = members(place);
            for (final QueryViews.Member each : members) {
                if (each.peerUrls().contains(url(joining.number))) {
                    newest = place.member.raft().appliedIndex();
                    joining.memberId = each.id();
                    joining.toldMembers = members.stream().map(World::asMember).toList();
                }
            }
        }
        return joining.memberId != 0;
    }

    private static Member asMember(final QueryViews.Member member) {
        return new Member(member.id(), member.name(), member.peerUrls(), member.clientUrls());
    }

    /**
     * Whom a member knows. One that has failed says nothing any more, and ends by its next turn.
     */
    private List<QueryViews.Member> members(final Place place) {
        final List<QueryViews.Cluster> answers =
                place.edge.askLater(Query.Kind.CLUSTER, QueryViews.Cluster.class);
        if (!answers.isEmpty()) {
            return answers.get(0).members();
        }
        if (!place.isPaused) {
            turn(place);
            if (place.isUp()) {
                throw new Violation(
                        "questions are answered", "member " + place.number + " does not answer");
            }
        }
        return List.of();
    }

    private void change(final Place place, final Deed deed, final int subject) {
        if (deed == Deed.ADD && subject == places.size() && subject < SimNetwork.PLACES) {
            newPlace();
        }
        if (subject >= places.size() || deed == Deed.ADD && places.get(subject).memberId != 0) {
            return;
        }
        final long id = places.get(subject).memberId;
        final Query.MemberChange change =
                switch (deed) {
                    case ADD ->
                            new Query.MemberChange(
                                    Query.MemberChange.Op.ADD, 0, List.of(url(subject)));
                    case REMOVE ->
                            new Query.MemberChange(Query.MemberChange.Op.REMOVE, id, List.of());
                    default ->
                            new Query.MemberChange(
                                    Query.MemberChange.Op.UPDATE, id, List.of(url(subject)));
                };
        final CheckedEdge edge = place.edge;
        edge.changeAsked();
        // What came of it shows in the membership.
        guard(place, each -> edge.ask(new ChangeQuery(change, answer -> edge.changeAnswered())));
    }

    private void transfer(final Place place, final int target) {
        if (target < places.size() && places.get(target).memberId != 0) {
            guard(
                    place,
                    each -> each.member.raft().transferLeadership(places.get(target).memberId));
        }
    }

    private void write(final Place place) {
        final Runnable task = place.tasks.poll();
        if (task != null) {
            guard(place, any -> task.run());
        }
    }

    private void disconnect(final Place place, final int peer) {
        if (peer < places.size() && places.get(peer).memberId != 0) {
            place.transport.loseConnection(places.get(peer).memberId);
            turn(place);
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
            final Place place = to < places.size() ? places.get(to) : null;
            if (place == null || !place.isUp() || network.isCut(from, to)) {
                network.recycle(packet);
            } else {
                receiver = place;
                place.transport.arrive(packet);
            }
        }
        if (receiver != null) {
            turn(receiver);
        }
    }

    /** Its owner hears of it when it looks. */
    private void onConnectionLost(final int from, final int to) {
        if (from >= places.size() || to >= places.size() || !places.get(from).isUp()) {
            return;
        }
        final SimTransport transport = places.get(from).transport;
        if (transport.isConnectedTo(places.get(to).memberId)) {
            transport.loseConnection(places.get(to).memberId);
        }
    }

    private void partition(final int mask, final int direction) {
        for (int from = 0; from < places.size(); from++) {
            for (int to = 0; to < places.size(); to++) {
                final boolean isInside = (mask >>> from & 1) != 0;
                final boolean isToInside = (mask >>> to & 1) != 0;
                final int way = isInside ? 1 : 2;
                network.cut(from, to, isInside != isToInside && (direction & way) != 0);
            }
        }
    }

    /** Whether an entry is durable on a quorum, both halves of a joint membership counted. */
    private boolean isDurable(final ConfState conf, final long index, final long term) {
        // The first members write the first entries each for itself, as if they had agreed.
        return index <= setting.size()
                || isDurable(conf.voters(), index, term)
                        && (!conf.isJoint() || isDurable(conf.votersOutgoing(), index, term));
    }

    private boolean isDurable(final long[] voters, final long index, final long term) {
        int count = 0;
        for (final long voter : voters) {
            final int number = placeOf(voter);
            if (number >= 0 && places.get(number).check.holds(index, term)) {
                count++;
            }
        }
        return count > voters.length / 2;
    }
}
