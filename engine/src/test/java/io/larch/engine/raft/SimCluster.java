package io.larch.engine.raft;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Members and a network that a test commands: nothing is lost or delayed unless the test says so.
 */
final class SimCluster {
    static final long CLUSTER_ID = 0xc1;

    private final TreeMap<Long, SimNode> nodes = new TreeMap<>();
    private final TreeMap<Long, Names> machines = new TreeMap<>();
    private final Consumer<RaftConfig> settings;
    private Predicate<SimNode.Packet> lost = packet -> false;

    /** A state machine that remembers what it was told. */
    static final class Names implements SimNode.Machine {
        private List<String> names = new ArrayList<>();

        @Override
        public void apply(final long index, final long term, final byte kind, final byte[] body) {
            if (kind == EntryKind.COMMAND) {
                names.add(new String(body, StandardCharsets.UTF_8));
            }
        }

        @Override
        public Object take() {
            return List.copyOf(names);
        }

        @Override
        public void restore(final Object state) {
            names = new ArrayList<>();
            if (state != null) {
                for (final Object name : (List<?>) state) {
                    names.add((String) name);
                }
            }
        }
    }

    private SimCluster(final Consumer<RaftConfig> settings) {
        this.settings = settings;
    }

    static SimCluster of(final long... voters) {
        return with(config -> {}, voters);
    }

    static SimCluster with(final Consumer<RaftConfig> settings, final long... voters) {
        final SimCluster cluster = new SimCluster(settings);
        for (final long id : voters) {
            cluster.add(id, ConfState.ofVoters(voters));
        }
        return cluster;
    }

    SimNode add(final long id, final ConfState conf) {
        final RaftConfig config =
                new RaftConfig()
                        .id(id)
                        .clusterId(CLUSTER_ID)
                        .seed(id)
                        .electionTicks(10)
                        .heartbeatTicks(2)
                        .autoPromote(false);
        settings.accept(config);
        final Names names = new Names();
        final SimNode node = new SimNode(config, conf, names);
        nodes.put(id, node);
        machines.put(id, names);
        return node;
    }

    SimCluster breaking(final Rule rule) {
        nodes.values().forEach(node -> node.breakRules(Set.of(rule)));
        return this;
    }

    SimNode node(final long id) {
        return nodes.get(id);
    }

    RaftCore core(final long id) {
        return nodes.get(id).core();
    }

    List<String> names(final long id) {
        return machines.get(id).names;
    }

    /** From now on messages for which this holds are lost. */
    void lose(final Predicate<SimNode.Packet> predicate) {
        lost = predicate;
    }

    /** From now on some members neither send nor receive. */
    void isolate(final long... ids) {
        lost = packet -> contains(ids, packet.from()) || contains(ids, packet.to());
    }

    void heal() {
        lost = packet -> false;
    }

    private static boolean contains(final long[] ids, final long id) {
        return Arrays.stream(ids).anyMatch(each -> each == id);
    }

    /** Delivers messages, and the answers to them, until there are none. */
    void deliver() {
        boolean isBusy = true;
        while (isBusy) {
            isBusy = false;
            for (final SimNode node : nodes.values()) {
                for (SimNode.Packet p = node.out().poll(); p != null; p = node.out().poll()) {
                    isBusy = true;
                    final SimNode receiver = nodes.get(p.to());
                    if (receiver != null && !lost.test(p)) {
                        receiver.step(p);
                    }
                }
            }
        }
    }

    /** All members' clocks advance, with time for messages after each tick. */
    void tick(final int ticks) {
        for (int i = 0; i < ticks; i++) {
            for (final SimNode node : nodes.values()) {
                node.tick();
            }
            deliver();
        }
    }

    void elect(final long id) {
        node(id).campaign();
        deliver();
    }

    /** Runs until somebody leads whom a majority follows. */
    long awaitLeader() {
        for (int i = 0; i < 200; i++) {
            for (final SimNode node : nodes.values()) {
                if (node.core().isLeader() && followers(node.id()) > nodes.size() / 2) {
                    return node.id();
                }
            }
            tick(1);
        }
        throw new AssertionError("no leader");
    }

    private long followers(final long leader) {
        return nodes.values().stream()
                .filter(
                        n ->
                                n.core().leaderId() == leader
                                        && n.core().term() == core(leader).term())
                .count();
    }

    long propose(final long id, final String name) {
        final long result = node(id).propose(name.getBytes(StandardCharsets.UTF_8));
        deliver();
        return result;
    }

    long change(final long id, final ConfChange.Op op, final long member) {
        final long result = node(id).proposeConfChange(ConfChange.of(op, member));
        deliver();
        return result;
    }

    static SimLogStorage.Entry entry(final long term, final String name) {
        return new SimLogStorage.Entry(
                term, EntryKind.COMMAND, name.getBytes(StandardCharsets.UTF_8));
    }

    /** Entries whose terms are these. */
    static List<SimLogStorage.Entry> entries(final long... terms) {
        final List<SimLogStorage.Entry> entries = new ArrayList<>();
        for (final long term : terms) {
            entries.add(entry(term, "e" + (entries.size() + 1) + "t" + term));
        }
        return entries;
    }
}
