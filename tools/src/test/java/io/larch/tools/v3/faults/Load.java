package io.larch.tools.v3.faults;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.HashKVRequest;
import io.etcd.jetcd.api.HashKVResponse;
import io.etcd.jetcd.api.KVGrpc;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.MaintenanceGrpc;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.grpc.ManagedChannel;
import io.larch.tools.system.ClusterMember;
import io.larch.tools.system.LarchCluster;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Writers and followers over gRPC and over the gateway at each member of a cluster, who work while
 * a test breaks things; and what must be true at the end.
 *
 * <p>Owned by the test's thread.
 */
final class Load implements AutoCloseable {
    /** All that is written lies below it. */
    static final String PREFIX = "load/";

    static final String END = "load0";

    private static final int MORE = 20;
    private static final long LIMIT_SECONDS = 20;

    private final Journal journal = new Journal();
    private final LarchCluster cluster;
    private final List<Writer> writers = new ArrayList<>();
    private final List<Follower> followers = new ArrayList<>();
    private final long firstRevision;

    /** Starts clients at all members, which run. */
    Load(final LarchCluster cluster) {
        this.cluster = cluster;
        final List<ClusterMember> members = cluster.members();
        firstRevision = read(members.get(0)).getHeader().getRevision() + 1;
        for (int i = 0; i < members.size(); i++) {
            writers.add(new GrpcWriter(members.get(i), journal));
            writers.add(new GatewayWriter(members.get(i), journal));
            followers.add(new GrpcFollower(members, i, firstRevision, journal));
            followers.add(new GatewayFollower(members, i, firstRevision, journal));
        }
        clients().forEach(Client::start);
        await(members);
    }

    private List<Client> clients() {
        final List<Client> clients = new ArrayList<>(writers);
        clients.addAll(followers);
        return clients;
    }

    /** Waits until each writer at these members was acknowledged some more writes. */
    void await(final Collection<ClusterMember> members) {
        final List<Writer> watched =
                writers.stream().filter(writer -> members.contains(writer.member)).toList();
        final Map<Writer, Long> before =
                watched.stream().collect(Collectors.toMap(w -> w, Writer::acknowledged));
        LarchCluster.await(
                "writes through " + members,
                () -> {
                    assertTrue(journal.isEmpty(), journal::toString);
                    return watched.stream().allMatch(w -> w.acknowledged() >= before.get(w) + MORE);
                });
    }

    /** Ends the load with all members well, and checks everything. */
    void finish() throws InterruptedException {
        await(cluster.members());
        for (final Writer writer : writers) {
            writer.join();
        }
        final RangeResponse all = read(cluster.awaitLeader());
        final Map<String, KeyValue> kept = new TreeMap<>();
        all.getKvsList().forEach(kv -> kept.put(kv.getKey().toStringUtf8(), kv));
        final long lastRevision =
                kept.values().stream().mapToLong(KeyValue::getModRevision).max().orElseThrow();
        for (final Follower follower : followers) {
            LarchCluster.await(
                    follower + " to be told all",
                    () -> !journal.isEmpty() || follower.lastRevision() >= lastRevision);
        }
        for (final Follower follower : followers) {
            follower.stop();
            follower.disconnect();
            follower.join();
        }
        writers.forEach(writer -> checkWrites(writer, kept));
        followers.forEach(follower -> checkTold(follower, kept));
        checkHashes(all.getHeader().getRevision());
        assertTrue(journal.isEmpty(), journal::toString);
    }

    /** What was acknowledged is there as it was written, and nothing was done twice. */
    private void checkWrites(final Writer writer, final Map<String, KeyValue> kept) {
        long present = 0;
        for (final Step step : writer.steps()) {
            final KeyValue kv = kept.get(step.key());
            journal.expect(kv != null || !step.isAcknowledged(), "lost: " + step);
            if (kv != null) {
                present++;
                journal.expect(
                        kv.getVersion() == 1 && kv.getCreateRevision() == kv.getModRevision(),
                        "written twice: " + kv);
                journal.expect(
                        !step.isAcknowledged() || kv.getModRevision() == step.revision(),
                        step + " is at another revision: " + kv);
            }
        }
        final long counted = kept.get(writer.counter()).getVersion();
        journal.expect(
                counted == present, writer + " is counted " + counted + " times, not " + present);
    }

    /**
     * Each event once, in the order of revisions, the two of one revision together, none missing.
     */
    private void checkTold(final Follower follower, final Map<String, KeyValue> kept) {
        final Map<String, Long> versions = new HashMap<>();
        final Set<String> seen = new HashSet<>();
        Told last = new Told(0, "", 0);
        for (final Told told : follower.told()) {
            journal.expect(
                    told.revision() >= last.revision(), follower + ": " + told + " after " + last);
            final long before = versions.getOrDefault(told.key(), 0L);
            journal.expect(
                    told.version() == before + 1,
                    follower + ": " + told + " after version " + before);
            versions.put(told.key(), told.version());
            seen.add(told.key());
            last = told;
        }
        kept.forEach(
                (key, kv) ->
                        journal.expect(
                                versions.getOrDefault(key, 0L) == kv.getVersion(),
                                follower + " was not told all of " + kv));
        journal.expect(
                seen.equals(kept.keySet()), follower + " was told of what is not: " + seen.size());
        journal.expect(
                follower.told().size() == 2 * (kept.size() - writers.size()),
                follower + " was told " + follower.told().size() + " events");
    }

    private void checkHashes(final long revision) {
        final Map<String, Integer> hashes = new TreeMap<>();
        for (final ClusterMember member : cluster.members()) {
            LarchCluster.await(
                    "the hash of " + member,
                    () -> {
                        final HashKVResponse response = hash(member, revision);
                        hashes.put(member.name(), response.getHash());
                        return response.getHeader().getRevision() >= revision;
                    });
        }
        journal.expect(Set.copyOf(hashes.values()).size() == 1, "hashes differ: " + hashes);
    }

    private static HashKVResponse hash(final ClusterMember member, final long revision) {
        final ManagedChannel channel = Channels.open(member);
        try {
            return MaintenanceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS)
                    .hashKV(HashKVRequest.newBuilder().setRevision(revision).build());
        } finally {
            channel.shutdownNow();
        }
    }

    private static RangeResponse read(final ClusterMember member) {
        final ManagedChannel channel = Channels.open(member);
        try {
            return KVGrpc.newBlockingStub(channel)
                    .withMaxInboundMessageSize(Integer.MAX_VALUE)
                    .withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS)
                    .range(
                            RangeRequest.newBuilder()
                                    .setKey(ByteString.copyFromUtf8(PREFIX))
                                    .setRangeEnd(ByteString.copyFromUtf8(END))
                                    .build());
        } finally {
            channel.shutdownNow();
        }
    }

    @Override
    public void close() {
        for (final Client client : clients()) {
            client.stop();
            client.disconnect();
        }
    }
}
