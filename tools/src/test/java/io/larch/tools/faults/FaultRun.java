package io.larch.tools.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.tools.conformance.HttpReply;
import io.larch.tools.system.ClusterMember;
import io.larch.tools.system.LarchCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One scenario under load: starts the load, and when the test has broken and mended what it wanted,
 * checks all that must still be true and adds a line to {@code target/faults.tsv}. When something
 * is not true, all that was noted is left in {@code target/faults}.
 *
 * <p>Owned by the test's thread.
 */
final class FaultRun implements AutoCloseable {
    private static final Path REPORT = Path.of("target", "faults.tsv");
    private static final Path EVIDENCE = Path.of("target", "faults");
    private static final long SECONDS = Long.getLong("larch.faults.seconds", 0);

    private final String scenario;
    private final LarchCluster cluster;
    private final Load load;
    private final long startNs = System.nanoTime();
    private final List<Absence> absences = new ArrayList<>();
    private int rounds;

    /** Puts a cluster whose members all run under load. */
    FaultRun(final String scenario, final LarchCluster cluster) throws IOException {
        this.scenario = scenario;
        this.cluster = cluster;
        load = new Load(cluster.members());
        load.awaitWrites(cluster.members(), 10);
    }

    Load load() {
        return load;
    }

    /**
     * Whether to break things once more: so many times at least, and then until {@code
     * larch.faults.seconds} are over.
     */
    boolean nextRound(final int atLeast) {
        final boolean isNext =
                rounds < atLeast || System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(SECONDS);
        if (isNext) {
            rounds++;
        }
        return isNext;
    }

    /** Counts the rounds, from 1. */
    int round() {
        return rounds;
    }

    /** Waits until each of these has acknowledged some more writes: there is load on it. */
    void awaitLoad(final Collection<ClusterMember> members) {
        load.awaitWrites(members, 30);
    }

    /** Waits until each member that runs has acknowledged some more writes. */
    void awaitLoad() {
        awaitLoad(cluster.running());
    }

    /** kill -9. */
    void kill(final ClusterMember member) {
        absences.add(new Absence(member.name(), System.nanoTime()));
        member.kill();
    }

    /** Starts a member that was killed, and waits until it serves. */
    void start(final ClusterMember member) throws IOException {
        member.start();
        absences.stream()
                .filter(absence -> absence.member.equals(member.name()))
                .forEach(Absence::end);
    }

    /**
     * All that was asked of members was answered, except by those who were dead or starting then:
     * who waits for a new leader is not told so.
     */
    void assertNothingElseFailed() {
        final List<Failure> failed =
                load.journal().failures().stream()
                        .filter(failure -> absences.stream().noneMatch(a -> a.explains(failure)))
                        .toList();
        assertEquals(List.of(), failed);
    }

    /** The time between a kill and the end of the start after it. */
    private static final class Absence {
        private final String member;
        private final long fromNs;
        private long untilNs = Long.MAX_VALUE;

        Absence(final String member, final long fromNs) {
            this.member = member;
            this.fromNs = fromNs;
        }

        void end() {
            if (untilNs == Long.MAX_VALUE) {
                untilNs = System.nanoTime();
            }
        }

        boolean explains(final Failure failure) {
            return failure.member().equals(member)
                    && failure.returnedNs() >= fromNs
                    && failure.calledNs() <= untilNs;
        }
    }

    /**
     * Kills a member that runs, and goes on as {@link #replaceWiped(ClusterMember, String,
     * String...)}.
     */
    ClusterMember replaceWiped(final ClusterMember wiped, final String... flags)
            throws IOException, InterruptedException {
        final String id = wiped.id();
        wiped.kill();
        return replaceWiped(wiped, id, flags);
    }

    /**
     * A member that has ended loses its data; a new one takes its place, with clients of its own.
     */
    ClusterMember replaceWiped(final ClusterMember wiped, final String id, final String... flags)
            throws IOException, InterruptedException {
        wiped.wipe();
        load.retire(wiped);
        final HttpReply reply = cluster.awaitLeader().exchange("DELETE", "/v2/members/" + id, null);
        assertEquals(204, reply.status(), reply::toString);
        cluster.forget(wiped);
        final ClusterMember added = cluster.add(flags).start();
        load.addClients(added);
        return added;
    }

    /** Ends the load with all members well, and checks everything. */
    void finish() throws IOException, InterruptedException {
        load.finish(cluster.awaitLeader());
        final Object tree = cluster.awaitSameTree();
        final Errors errors = new Errors();
        load.journal().anomalies().forEach(errors::add);
        final History history =
                new History(load.seen(), load.firstIndex(), load.endIndex(), errors);
        final Checks checks = new Checks(load.journal(), history, errors);
        checks.checkWrites();
        checks.checkReads();
        checks.checkWatchers(load.seen());
        checks.checkTree(tree);
        new RealTimeCheck().add(load.journal(), history).check(errors);
        report(errors);
        if (!errors.isEmpty()) {
            throw new AssertionError(errors + "\nmore in " + leaveEvidence(history));
        }
    }

    private void report(final Errors errors) throws IOException {
        final Journal journal = load.journal();
        final long gaps = load.seen().stream().mapToLong(seen -> seen.spans().size() - 1L).sum();
        final String layout = System.getProperty("larch.flags", "").trim();
        final String line =
                String.join(
                        "\t",
                        scenario,
                        (layout.isEmpty() ? "default" : layout) + " " + cluster.carrier(),
                        Integer.toString(rounds),
                        Long.toString(journal.writes(Outcome.ACKNOWLEDGED)),
                        Long.toString(journal.writes(Outcome.UNKNOWN)),
                        Long.toString(journal.writes(Outcome.REFUSED)),
                        Long.toString(journal.reads().size()),
                        Long.toString(load.seen().size()),
                        Long.toString(gaps),
                        errors.isEmpty() ? "good" : "BAD");
        Files.writeString(
                REPORT,
                line + "\n",
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private Path leaveEvidence(final History history) throws IOException {
        final Path directory = EVIDENCE.resolve(scenario.replace(' ', '-') + "-" + startNs);
        Files.createDirectories(directory);
        write(directory.resolve("writes"), load.journal().writes());
        write(directory.resolve("reads"), load.journal().reads());
        write(directory.resolve("failures"), load.journal().failures());
        write(directory.resolve("events"), history.events().values());
        final List<String> spans = new ArrayList<>();
        for (final Watcher.Seen watcher : load.seen()) {
            for (final Watcher.Span span : watcher.spans()) {
                spans.add(
                        watcher.watcher()
                                + " from "
                                + span.firstIndex()
                                + " to "
                                + span.lastIndex());
            }
        }
        write(directory.resolve("watchers"), spans);
        for (final ClusterMember member : cluster.members()) {
            Files.writeString(directory.resolve(member.name() + ".log"), member.log());
        }
        return directory;
    }

    private static void write(final Path file, final Collection<?> lines) throws IOException {
        Files.write(file, lines.stream().map(Object::toString).toList());
    }

    @Override
    public void close() {
        load.close();
    }
}
