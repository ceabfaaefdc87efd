package io.larch.tools.system;

import io.larch.engine.sockets.FreePort;
import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import io.larch.tools.conformance.JsonTree;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A cluster of real processes for one test; afterwards they are killed and their directories
 * removed, and when the test failed their logs are printed.
 *
 * <pre>
 *   &#64;RegisterExtension final LarchCluster cluster = new LarchCluster();
 *
 *   cluster.start(3, "--snapshot-count", "100");
 *   cluster.leader().kill();
 *   cluster.awaitLeader().keys().put("/a", "value=1");
 * </pre>
 *
 * <p>Not threadsafe.
 */
public final class LarchCluster implements AfterEachCallback {
    private static final String ETCD = "/usr/bin/etcd";
    private static final String LOOPBACK = "127.0.0.1";
    private static final int MAX_HOSTS = 9;
    private static final long WAIT_LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private final List<ClusterMember> members = new ArrayList<>();
    private final List<ClusterMember> forgotten = new ArrayList<>();
    private final List<Path> directories = new ArrayList<>();
    private IntFunction<String> hosts = number -> LOOPBACK;
    private IntFunction<List<String>> prefixes = number -> List.of();
    private PeerCarrier carrier = PeerCarrier.usual();

    /** Null: there is no TLS, or the flags of the test bring certificates. */
    private PeerCertificates certificates;

    private boolean hasOwnCertificates;
    private boolean isEtcd;
    private int lastNumber;

    /** A cluster of etcd processes instead, to see what is the same. */
    public LarchCluster ofEtcd() {
        isEtcd = true;
        return this;
    }

    /** Gives members https URLs towards each other; the flags have to bring certificates. */
    public LarchCluster overTls() {
        carrier = PeerCarrier.TLS;
        hasOwnCertificates = true;
        return this;
    }

    /** Lets members talk by this, with all that it takes. */
    public LarchCluster over(final PeerCarrier newCarrier) {
        carrier = newCarrier;
        return this;
    }

    public PeerCarrier carrier() {
        return carrier;
    }

    /**
     * Puts members on hosts of their own, numbered from 1, and starts them by a command before the
     * command: {@code ip netns exec NAME}.
     */
    public LarchCluster on(
            final IntFunction<String> newHosts, final IntFunction<List<String>> newPrefixes) {
        hosts = newHosts;
        prefixes = newPrefixes;
        return this;
    }

    /**
     * Makes members m1, m2, ... that will be one new cluster, not yet started.
     *
     * @param flags for all of them.
     */
    public LarchCluster create(final int size, final String... flags) throws IOException {
        final List<Place> places = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            places.add(nextPlace());
        }
        final String initialCluster =
                places.stream()
                        .map(place -> place.name() + "=" + place.peerUrl())
                        .collect(Collectors.joining(","));
        for (final Place place : places) {
            final List<String> all = new ArrayList<>(List.of("--initial-cluster", initialCluster));
            all.addAll(Arrays.asList(flags));
            members.add(member(place, all));
        }
        return this;
    }

    /** Makes members, starts them, and waits until each serves. */
    public LarchCluster start(final int size, final String... flags) throws IOException {
        create(size, flags);
        return startAll();
    }

    /** Starts all that do not run, and waits until each serves. */
    public LarchCluster startAll() throws IOException {
        final List<ClusterMember> started = new ArrayList<>();
        for (final ClusterMember member : members) {
            if (!member.isRunning()) {
                started.add(member.launch());
            }
        }
        for (final ClusterMember member : started) {
            member.awaitReady();
        }
        return this;
    }

    /**
     * Makes members with the names and the ports of those of another cluster, whose processes have
     * ended, starts them, and waits until each serves.
     */
    public List<ClusterMember> startAs(final LarchCluster ended, final String... flags)
            throws IOException {
        final String initialCluster =
                ended.members().stream()
                        .map(member -> member.name() + "=" + member.peerUrl())
                        .collect(Collectors.joining(","));
        for (final ClusterMember member : ended.members()) {
            final List<String> all = new ArrayList<>(List.of("--initial-cluster", initialCluster));
            all.addAll(Arrays.asList(flags));
            members.add(
                    member(
                            new Place(++lastNumber, member.name(), member.url(), member.peerUrl()),
                            all));
        }
        startAll();
        return members();
    }

    /** Makes one more member by its flags alone: a discovery, for example. */
    public ClusterMember createMember(final String... flags) throws IOException {
        final ClusterMember member = member(nextPlace(), Arrays.asList(flags));
        members.add(member);
        return member;
    }

    /**
     * Announces a new member to the cluster and makes it, not yet started.
     *
     * @param flags for it alone.
     */
    public ClusterMember add(final String... flags) throws IOException {
        final Place place = nextPlace();
        final HttpReply reply =
                HttpConnection.exchange(
                        awaitLeader().url(),
                        "POST",
                        "/v2/members",
                        "{\"peerURLs\":[\"" + place.peerUrl() + "\"]}",
                        Map.of("Content-Type", "application/json"));
        if (reply.status() != 201) {
            throw new IOException("not added: " + reply);
        }
        final List<String> all =
                new ArrayList<>(
                        List.of(
                                "--initial-cluster-state",
                                "existing",
                                "--initial-cluster",
                                currentCluster(place)));
        all.addAll(Arrays.asList(flags));
        final ClusterMember member = member(place, all);
        members.add(member);
        return member;
    }

    private String currentCluster(final Place place) {
        return members.stream()
                        .map(member -> member.name() + "=" + member.peerUrl())
                        .collect(Collectors.joining(","))
                + ","
                + place.name()
                + "="
                + place.peerUrl();
    }

    /** Removes a member from the cluster, whose process ends by itself, and forgets it. */
    public void remove(final ClusterMember member) throws IOException {
        final String id = member.id();
        final ClusterMember other =
                members.stream()
                        .filter(m -> m != member && m.isRunning())
                        .findFirst()
                        .orElseThrow();
        final HttpReply reply = other.exchange("DELETE", "/v2/members/" + id, null);
        if (reply.status() != 204) {
            throw new IOException("not removed: " + reply);
        }
        forget(member);
    }

    /** No longer counts a member to the cluster; its process is still ended with the test. */
    public void forget(final ClusterMember member) {
        members.remove(member);
        forgotten.add(member);
    }

    /** All members, in the order in which they were made. */
    public List<ClusterMember> members() {
        return List.copyOf(members);
    }

    /** A member by its number, from 1. */
    public ClusterMember member(final int number) {
        return members.get(number - 1);
    }

    /** Members whose processes run; a frozen one does. */
    public List<ClusterMember> running() {
        return members.stream().filter(ClusterMember::isRunning).toList();
    }

    /** The leader that most running members know, once there is one. */
    public ClusterMember awaitLeader() {
        return awaitLeader(member -> true);
    }

    /** As {@link #awaitLeader()}, asking only some members, who must be a majority. */
    public ClusterMember awaitLeader(final Predicate<ClusterMember> asked) {
        final ClusterMember[] found = new ClusterMember[1];
        await("a leader", () -> (found[0] = leader(asked)) != null);
        return found[0];
    }

    private ClusterMember leader(final Predicate<ClusterMember> asked) {
        for (final ClusterMember member : running()) {
            if (asked.test(member) && member.isLeader()) {
                final String id = member.leaderId();
                final long followed =
                        running().stream()
                                .filter(asked)
                                .filter(m -> !id.isEmpty() && id.equals(m.leaderId()))
                                .count();
                if (2 * followed > members.size()) {
                    return member;
                }
            }
        }
        return null;
    }

    /** All running members but the leader. */
    public List<ClusterMember> followers() {
        final ClusterMember leader = awaitLeader();
        return running().stream().filter(member -> member != leader).toList();
    }

    /** Waits until something is so, with a time limit; fails with what was waited for. */
    public static void await(final String what, final BooleanSupplier condition) {
        final long deadlineNs = System.nanoTime() + WAIT_LIMIT_NS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                throw new AssertionError("waited in vain for " + what);
            }
            LockSupport.parkNanos(POLL_NS);
        }
    }

    /**
     * Waits until all running members have applied the same log and says what their trees hold.
     *
     * @return the listing of the whole tree, the same on all.
     */
    public Object awaitSameTree() {
        final Object[] tree = new Object[1];
        await(
                "the same tree everywhere",
                () -> {
                    final List<Object> trees = running().stream().map(this::tree).toList();
                    tree[0] = trees.get(0);
                    return tree[0] != null && trees.stream().allMatch(tree[0]::equals);
                });
        return tree[0];
    }

    private Object tree(final ClusterMember member) {
        try {
            final HttpReply reply = member.keys().get("/?recursive=true&sorted=true");
            return reply.status() == 200
                    ? List.of(
                            reply.longHeader("X-Etcd-Index"),
                            withoutTtl(JsonTree.parse(reply.text())))
                    : null;
        } catch (final IOException e) {
            return null;
        }
    }

    /** What is left of a TTL is counted when it is printed. */
    private static Object withoutTtl(final Object document) {
        if (document instanceof Map<?, ?> map) {
            return map.entrySet().stream()
                    .filter(entry -> !entry.getKey().equals("ttl"))
                    .collect(Collectors.toMap(Map.Entry::getKey, e -> withoutTtl(e.getValue())));
        }
        return document instanceof List<?> list
                ? list.stream().map(LarchCluster::withoutTtl).toList()
                : document;
    }

    /** Where a member is to be. */
    private record Place(int number, String name, URI url, String peerUrl) {}

    private Place nextPlace() throws IOException {
        final int number = ++lastNumber;
        final String host = hosts.apply(number);
        return new Place(
                number,
                "m" + number,
                URI.create("http://" + host + ":" + FreePort.next()),
                carrier.scheme() + "://" + host + ":" + FreePort.next());
    }

    private ClusterMember member(final Place place, final List<String> flags) throws IOException {
        final List<String> command = new ArrayList<>(prefixes.apply(place.number()));
        command.addAll(isEtcd ? List.of(ETCD, "--enable-v2=true") : LarchCommand.words());
        command.addAll(List.of("--name", place.name()));
        command.addAll(List.of("--listen-client-urls", place.url().toString()));
        command.addAll(List.of("--advertise-client-urls", place.url().toString()));
        command.addAll(List.of("--listen-peer-urls", place.peerUrl()));
        command.addAll(List.of("--initial-advertise-peer-urls", place.peerUrl()));
        command.addAll(flags);
        if (!isEtcd) {
            command.addAll(carrierFlags());
            command.addAll(Servers.extraFlags());
        }
        final Path directory = Files.createTempDirectory("larch-cluster");
        directories.add(directory);
        return new ClusterMember(place.name(), place.url(), place.peerUrl(), command, directory);
    }

    private List<String> carrierFlags() throws IOException {
        if (carrier == PeerCarrier.TCP) {
            return List.of("--peer-transport=tcp");
        }
        if (carrier == PeerCarrier.UDP || hasOwnCertificates) {
            return List.of();
        }
        if (certificates == null) {
            final Path directory = Files.createTempDirectory("larch-peers");
            directories.add(directory);
            final String[] all =
                    IntStream.rangeClosed(1, MAX_HOSTS)
                            .mapToObj(hosts)
                            .distinct()
                            .toArray(String[]::new);
            try {
                certificates = PeerCertificates.make(directory, all);
            } catch (final GeneralSecurityException e) {
                throw new IOException(e);
            }
        }
        return certificates.flags();
    }

    @Override
    public void afterEach(final ExtensionContext context) throws IOException {
        final List<ClusterMember> all = new ArrayList<>(members);
        all.addAll(forgotten);
        all.forEach(ClusterMember::close);
        if (context.getExecutionException().isPresent()) {
            for (final ClusterMember member : all) {
                System.err.println("log of " + member + "\n" + Servers.tail(member.log()));
            }
        }
        for (final Path directory : directories) {
            Servers.delete(directory);
        }
    }
}
