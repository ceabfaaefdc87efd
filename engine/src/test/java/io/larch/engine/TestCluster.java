package io.larch.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.member.Member;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.engine.sim.SimClock;
import io.larch.engine.sim.SimTransport;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/**
 * Whole members on one thread: those of the simulation, for tests that say what happens. Logs and
 * snapshots are real files, and the one clock of all stands still unless it is moved.
 */
final class TestCluster implements AutoCloseable {
    static final long MILLISECOND = 1_000_000L;
    private static final long STEP_NANOS = 10 * MILLISECOND;
    private static final int TURNS_PER_STEP = 200;

    final TestNetwork network = new TestNetwork();
    final SimClock clock = new SimClock();
    final TreeMap<Long, Node> nodes = new TreeMap<>();
    UnaryOperator<EngineContext> settings = UnaryOperator.identity();
    private final Path directory;
    private int placeCount;

    /** One member: its present life, if any, and the edge that its clients use. */
    final class Node {
        final long id;
        final boolean isJoining;
        final int place = placeCount++;
        TestEdge edge = new TestEdge();
        SimMember member;
        SimTransport transport;
        QuickFiles walFiles;
        QuickFiles snapFiles;
        RuntimeException failure;

        Node(final long id, final boolean isJoining) {
            this.id = id;
            this.isJoining = isJoining;
        }

        boolean isUp() {
            return member != null;
        }

        boolean isLeader() {
            return isUp()
                    && edge.ask(Query.Kind.RAFT, QueryViews.Raft.class)
                            .role()
                            .equals("StateLeader");
        }

        QueryViews.Raft raft() {
            return edge.ask(Query.Kind.RAFT, QueryViews.Raft.class);
        }

        QueryViews.Cluster cluster() {
            return edge.ask(Query.Kind.CLUSTER, QueryViews.Cluster.class);
        }

        void start() {
            transport = network.transport(place, clock, TestCluster.this::placeOf);
            walFiles = new QuickFiles(memberDir(id).resolve("wal"));
            snapFiles = new QuickFiles(memberDir(id).resolve("snap"));
            failure = null;
            member = SimMember.launch(settings.apply(context(this)), false, null);
            edge.port(member.openPort(edge));
        }

        void turn() {
            network.deliver(place, transport);
            try {
                for (int i = 0; i < TURNS_PER_STEP && member.turn() > 0; i++) {
                    continue;
                }
            } catch (final RuntimeException e) {
                failure = e;
                stop();
            }
        }

        void stop() {
            final SimMember stopped = member;
            member = null;
            walFiles.writesUntilCrash = -1;
            snapFiles.writesUntilCrash = -1;
            snapFiles.renamesUntilCrash = -1;
            try {
                stopped.close();
            } catch (final RuntimeException e) {
                failure = failure == null ? e : failure;
            }
        }

        /** As kill -9: nobody hears of it. */
        void kill() {
            transport.close();
            edge.deafen();
            edge = new TestEdge();
            stop();
        }

        long offer(final CommandType type, final int flags, final String path, final String value) {
            edge.offer(type, flags, path, value, 0);
            return edge.lastId();
        }

        long set(final String path, final String value) {
            return offer(CommandType.SET, 0, path, value);
        }

        long post(final String path, final String value) {
            return offer(CommandType.CREATE_IN_ORDER, 0, path, value);
        }

        TestEdge.Answer get(final String path) {
            offer(CommandType.GET, 0, path, "");
            return edge.last();
        }

        long quorumGet(final String path) {
            return offer(CommandType.GET, CommandEnvelope.QUORUM, path, "");
        }

        /** How many keys its store has created. */
        long creations() {
            return edge.ask(Query.Kind.STORE, QueryViews.StoreCounts.class).createSuccess();
        }

        void assertRepliedOnce(final long request) {
            assertEquals(1, edge.answersTo(request).size(), () -> "answers to " + request);
        }

        void assertAnsweredOnce(final long request) {
            final List<TestEdge.Answer> replies = edge.answersTo(request);
            assertEquals(1, replies.size(), () -> "answers to " + request);
            assertEquals(0, replies.get(0).errorCode(), () -> replies.get(0).cause());
        }
    }

    TestCluster(final Path directory, final int size) {
        this(directory, size, UnaryOperator.identity());
    }

    TestCluster(final Path directory, final int size, final UnaryOperator<EngineContext> settings) {
        this.directory = directory;
        this.settings = settings;
        for (long id = 1; id <= size; id++) {
            nodes.put(id, new Node(id, false));
        }
        nodes.values().forEach(Node::start);
    }

    Node node(final long id) {
        return nodes.get(id);
    }

    /** A member that joins; somebody has added it, or will. */
    Node join(final long id) {
        final Node node = new Node(id, true);
        nodes.put(id, node);
        node.start();
        return node;
    }

    Path memberDir(final long id) {
        return directory.resolve("member-" + id);
    }

    static List<String> peerUrls(final long id) {
        return List.of("http://127.0.0.1:" + (23800 + id));
    }

    private EngineContext context(final Node node) {
        final List<Member> founders = new ArrayList<>();
        for (final Node each : nodes.values()) {
            if (!each.isJoining) {
                founders.add(new Member(each.id, "m" + each.id, peerUrls(each.id), List.of()));
            }
        }
        return new EngineContext()
                .memberId(node.id)
                .clusterId(0xC1)
                .name("m" + node.id)
                .peerUrls(peerUrls(node.id))
                .clientUrls(List.of("http://127.0.0.1:" + (23700 + node.id)))
                .memberDir(memberDir(node.id))
                .walFiles(node.walFiles)
                .snapFiles(node.snapFiles)
                .walSegmentBytes(1 << 20)
                .snapshotExecutor(Runnable::run)
                .founders(founders)
                .joining(node.isJoining)
                .maxNodes(10_000)
                .transport(node.transport)
                .epochNanos(clock.wall())
                .nanoTime(clock.monotonic());
    }

    /** Where a member that is up is. */
    private int placeOf(final long id) {
        final Node node = nodes.get(id);
        return node != null && node.isUp() ? node.place : -1;
    }

    /** All members work until nobody has anything to do, then a little time passes. */
    void step() {
        work();
        clock.pass(STEP_NANOS);
    }

    void work() {
        for (int round = 0; round < 20; round++) {
            for (final Node node : nodes.values()) {
                if (node.isUp()) {
                    node.turn();
                } else {
                    network.deliver(node.place, null);
                }
            }
        }
    }

    void run(final long milliseconds) {
        final long end = clock.nanoTime() + milliseconds * MILLISECOND;
        while (clock.nanoTime() < end) {
            step();
        }
    }

    /** Lets time pass until something holds; fails when it does not within a minute. */
    void await(final String what, final BooleanSupplier condition) {
        final long end = clock.nanoTime() + 60_000 * MILLISECOND;
        while (!condition.getAsBoolean()) {
            if (clock.nanoTime() > end) {
                final AssertionError error =
                        new AssertionError("did not happen: " + what + " " + describe());
                nodes.values().stream()
                        .filter(node -> node.failure != null)
                        .forEach(node -> error.addSuppressed(node.failure));
                throw error;
            }
            step();
        }
    }

    private List<String> describe() {
        return up().stream().map(node -> node.raft().toString()).toList();
    }

    Node leader() {
        await("a leader", () -> up().stream().anyMatch(this::isFollowed));
        return up().stream().filter(this::isFollowed).findFirst().orElseThrow();
    }

    /** Whether a member leads and has committed in its term. */
    private boolean isFollowed(final Node node) {
        return node.isLeader()
                && up().stream().filter(n -> n.raft().leaderId() == node.id).count()
                        > nodes.size() / 2;
    }

    Node follower() {
        final Node leader = leader();
        return up().stream().filter(n -> n != leader).findFirst().orElseThrow();
    }

    List<Node> up() {
        return nodes.values().stream().filter(Node::isUp).toList();
    }

    /** Until all that are up have applied the same. */
    void settle() {
        await(
                "everybody has applied the same",
                () -> {
                    work();
                    return up().stream()
                                    .map(n -> n.raft().appliedIndex() + "/" + n.raft().leaderId())
                                    .distinct()
                                    .count()
                            == 1;
                });
    }

    TestEdge.Answer answer(final Node node, final long request) {
        await("an answer", () -> !node.edge.answersTo(request).isEmpty());
        return node.edge.answersTo(request).get(0);
    }

    @Override
    public void close() {
        up().forEach(Node::stop);
    }

    /** Writes so many times to ten keys, until all of it is answered and known to all. */
    void fill(final Node writer, final int count) {
        for (int done = 0; done < count; done += 100) {
            long last = 0;
            for (int i = 0; i < 100; i++) {
                last = writer.set("/k/" + i % 10, "v" + done + i);
            }
            answer(writer, last);
        }
        run(50);
    }
}
