package io.larch.tools.faults;

import io.larch.tools.conformance.HttpReply;
import io.larch.tools.system.ClusterMember;
import io.larch.tools.system.LarchCluster;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Clients of all kinds at each member of a cluster, who work while a test breaks things: writers of
 * new keys, of in-order keys and of a chain of swaps; readers, linearizable and local; watchers by
 * stream and by long poll. One more watcher of each kind goes to another member when its own fails.
 *
 * <p>Owned by the test's thread.
 */
final class Load implements AutoCloseable {
    /** All that is written lies below it. */
    static final String DIRECTORY = "/load";

    /** What is written last, so that each watcher knows when it has seen all. */
    static final String END = DIRECTORY + "/end";

    private static final long PACE_MS = 25;
    private static final int BURST_CLIENTS = 8;
    private static final long END_LIMIT_MS = TimeUnit.SECONDS.toMillis(40);

    private final Journal journal = new Journal();
    private final List<Running> running = new ArrayList<>();
    private final List<Watcher> watchers = new ArrayList<>();
    private final long firstIndex;
    private int clientCount;
    private long endIndex;

    private record Running(Client client, Thread thread) {}

    /** Starts clients at all members, of whom the first must be there. */
    Load(final List<ClusterMember> members) throws IOException {
        final HttpReply root = members.get(0).exchange("GET", "/v2/keys/?quorum=true", null);
        firstIndex = root.longHeader("X-Etcd-Index") + 1;
        members.forEach(this::addClients);
        watch(true, new Target(members));
        watch(false, new Target(members));
    }

    /** Starts clients at a member. Its watchers want all that was written since the beginning. */
    void addClients(final ClusterMember member) {
        final Target target = new Target(member);
        final String name = member.name() + "c" + ++clientCount;
        start(new NewKeys(name + "k", journal, target, PACE_MS));
        start(new InOrderKeys(name + "q", journal, target, PACE_MS));
        start(new Swaps(name + "s", journal, target, PACE_MS));
        start(new Reader(true, journal, target, PACE_MS));
        start(new Reader(false, journal, target, PACE_MS));
        watch(true, target);
        watch(false, target);
    }

    private void watch(final boolean isStream, final Target target) {
        final Watcher watcher = new Watcher(isStream, firstIndex, journal, target);
        watchers.add(watcher);
        start(watcher);
    }

    /** Writes so many more new keys through these members as fast as it goes. */
    void burst(final List<ClusterMember> members, final int count) throws InterruptedException {
        final List<Running> writers = new ArrayList<>();
        for (final ClusterMember member : members) {
            for (int i = 0; i < BURST_CLIENTS; i++) {
                final String name = member.name() + "b" + ++clientCount;
                writers.add(start(new NewKeys(name, journal, new Target(member), 0)));
            }
        }
        awaitWrites(members, count / members.size());
        writers.forEach(each -> each.client().stop());
        for (final Running each : writers) {
            join(each);
        }
    }

    private Running start(final Client client) {
        final Thread thread = new Thread(client, client.toString());
        thread.setDaemon(true);
        final Running started = new Running(client, thread);
        running.add(started);
        thread.start();
        return started;
    }

    /** Ends the clients of a member that will not come back. */
    void retire(final ClusterMember member) throws InterruptedException {
        for (final Running each : List.copyOf(running)) {
            if (each.client().target.isOnly(member)) {
                each.client().interrupt();
                join(each);
            }
        }
    }

    Journal journal() {
        return journal;
    }

    /** Waits until each of these members has acknowledged so many more writes. */
    void awaitWrites(final Collection<ClusterMember> members, final int count) {
        final List<Long> goals =
                members.stream()
                        .map(member -> journal.acknowledged(member.name()) + count)
                        .toList();
        final List<ClusterMember> each = List.copyOf(members);
        LarchCluster.await(
                count + " more writes by each of " + each,
                () -> {
                    for (int i = 0; i < each.size(); i++) {
                        if (journal.acknowledged(each.get(i).name()) < goals.get(i)) {
                            return false;
                        }
                    }
                    return true;
                });
    }

    /**
     * Ends the writers and readers, writes the last event and waits until each watcher has seen it.
     *
     * @param last who writes the last event.
     */
    void finish(final ClusterMember last) throws IOException, InterruptedException {
        running.stream()
                .map(Running::client)
                .filter(client -> !(client instanceof Watcher))
                .forEach(Client::stop);
        for (final Running each : List.copyOf(running)) {
            if (!(each.client() instanceof Watcher)) {
                join(each);
            }
        }
        writeEnd(last);
        for (final Running each : running) {
            if (each.client() instanceof Watcher watcher) {
                LarchCluster.await(
                        "event " + endIndex + " at " + watcher + ", who has " + watcher.seenIndex(),
                        () -> watcher.seenIndex() >= endIndex);
            }
        }
        for (final Running each : List.copyOf(running)) {
            each.client().interrupt();
            join(each);
        }
    }

    private void writeEnd(final ClusterMember last) throws IOException {
        final long calledNs = System.nanoTime();
        final HttpReply reply = last.exchange("PUT", "/v2/keys" + END, "value=end");
        if (reply.status() != 201) {
            throw new IOException("the last write: " + reply);
        }
        endIndex = reply.longHeader("X-Etcd-Index");
        journal.add(
                new Write(
                        last.name(),
                        Write.Kind.SET,
                        END,
                        "end",
                        null,
                        calledNs,
                        System.nanoTime(),
                        Outcome.ACKNOWLEDGED,
                        endIndex,
                        null));
    }

    private void join(final Running each) throws InterruptedException {
        each.thread().join(END_LIMIT_MS);
        if (each.thread().isAlive()) {
            throw new AssertionError(each.client() + " is still without an answer");
        }
        running.remove(each);
    }

    /** Index of the first event of the load. */
    long firstIndex() {
        return firstIndex;
    }

    /** Index of the last event; after {@link #finish}. */
    long endIndex() {
        return endIndex;
    }

    /** What all have seen that ever watched; after {@link #finish}. */
    List<Watcher.Seen> seen() {
        return watchers.stream().map(Watcher::seen).toList();
    }

    @Override
    public void close() {
        running.forEach(each -> each.client().interrupt());
    }
}
