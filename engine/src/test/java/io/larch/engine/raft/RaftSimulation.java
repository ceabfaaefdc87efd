package io.larch.engine.raft;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A group of members under a network, disks and an operator that do their worst, all from one seed.
 * Each seed first draws how bad everything is.
 */
final class RaftSimulation {
    private final long seed;
    private final SplittableRandom random;
    private final TreeMap<Long, SimNode> nodes = new TreeMap<>();
    private final Map<Long, HashMachine> machines = new HashMap<>();
    private final List<SimNode.Packet> network = new ArrayList<>();
    private final RaftInvariants invariants = new RaftInvariants();
    private final Map<Long, Long> reads = new HashMap<>();
    private final Rule broken;
    private final ConfState initialConf;
    private final Weights weights;
    private long[] cutOff = new long[0];
    private boolean isOneWay;
    private long nextId;
    private long nextValue = 1;
    private int steps;

    /** How often things happen; drawn anew for each seed. */
    private static final class Weights {
        private final int lossPercent;
        private final int duplicatePercent;
        private final int crash;
        private final int partition;
        private final int confChange;
        private final int transfer;
        private final int compact;
        private final int sync;
        private final boolean isReordering;

        Weights(final SplittableRandom random) {
            lossPercent = random.nextInt(3) == 0 ? random.nextInt(30) : random.nextInt(4);
            duplicatePercent = random.nextInt(2) == 0 ? random.nextInt(20) : 0;
            crash = random.nextInt(2) == 0 ? random.nextInt(20) : 0;
            partition = random.nextInt(2) == 0 ? random.nextInt(10) : 0;
            confChange = random.nextInt(2) == 0 ? random.nextInt(25) : 0;
            transfer = random.nextInt(2) == 0 ? random.nextInt(15) : 0;
            compact = random.nextInt(2) == 0 ? random.nextInt(20) : 0;
            sync = 50 + random.nextInt(400);
            isReordering = random.nextInt(3) > 0;
        }
    }

    /** A state machine whose whole state is a number that depends on all that was applied. */
    private final class HashMachine implements SimNode.Machine {
        private final long id;
        private long hash;

        HashMachine(final long id) {
            this.id = id;
        }

        @Override
        public void apply(final long index, final long term, final byte kind, final byte[] body) {
            hash = hash * 31 + Arrays.hashCode(body) + term;
            invariants.onApplied(nodes.get(id), index, term, hash);
        }

        @Override
        public Object take() {
            return hash;
        }

        @Override
        public void restore(final Object state) {
            hash = state == null ? 0 : (Long) state;
        }
    }

    RaftSimulation(final long seed, final Rule broken) {
        this.seed = seed;
        this.broken = broken;
        random = new SplittableRandom(seed);
        weights = new Weights(random);
        final int size = 1 + random.nextInt(7);
        final long[] voters = new long[size];
        for (int i = 0; i < size; i++) {
            voters[i] = i + 1;
        }
        initialConf = ConfState.ofVoters(voters);
        nextId = size + 1;
        final long windows = random.nextLong();
        for (final long id : voters) {
            add(id, windows);
        }
    }

    private void add(final long id, final long windows) {
        final SplittableRandom drawn = new SplittableRandom(windows);
        final RaftConfig config =
                new RaftConfig()
                        .id(id)
                        .clusterId(1)
                        .seed(seed + id)
                        .electionTicks(10)
                        .heartbeatTicks(1 + drawn.nextInt(4))
                        .maxInflightMessages(drawn.nextInt(3) == 0 ? 1 : 256)
                        .maxAppendEntries(drawn.nextInt(3) == 0 ? 1 : 64)
                        .promotionLag(3)
                        .preVote(drawn.nextInt(4) > 0)
                        .checkQuorum(drawn.nextInt(4) > 0)
                        .autoPromote(drawn.nextInt(2) == 0);
        final HashMachine machine = new HashMachine(id);
        machines.put(id, machine);
        final SimNode node = new SimNode(config, initialConf, machine);
        if (broken != null) {
            node.breakRule(broken);
        }
        nodes.put(id, node);
        node.diskManual(true);
    }

    /** Runs with faults, then lets everything heal and checks that the group works. */
    void run(final int faultySteps) {
        try {
            for (steps = 0; steps < faultySteps; steps++) {
                step();
            }
            settle();
        } catch (final RaftInvariantError | RuntimeException | AssertionError error) {
            throw new AssertionError(
                    "seed " + seed + " step " + steps + ": " + error.getMessage(), error);
        }
    }

    long hash() {
        return invariants.hash();
    }

    private SimNode anyNode() {
        int at = random.nextInt(nodes.size());
        for (final SimNode node : nodes.values()) {
            if (at-- == 0) {
                return node;
            }
        }
        throw new IllegalStateException();
    }

    private void step() {
        final SimNode node = anyNode();
        int dice = random.nextInt(2000);
        if ((dice -= 900) < 0) {
            deliverOne();
        } else if ((dice -= 300) < 0) {
            act(node, node::tick);
        } else if ((dice -= weights.sync) < 0) {
            sync(node);
        } else if ((dice -= 150) < 0) {
            act(node, () -> node.propose(value()));
        } else if ((dice -= 60) < 0) {
            read(node);
        } else if ((dice -= weights.crash) < 0) {
            crash(node);
        } else if ((dice -= weights.partition) < 0) {
            partition();
        } else if ((dice -= weights.confChange) < 0) {
            changeMembership(node);
        } else if ((dice -= weights.transfer) < 0) {
            final long target = anyNode().id();
            act(node, () -> node.transfer(target));
        } else if ((dice -= weights.compact) < 0) {
            act(node, () -> node.compact(node.core().appliedIndex() - random.nextInt(5)));
        }
    }

    private byte[] value() {
        return ByteBuffer.allocate(Long.BYTES).putLong(nextValue++).array();
    }

    private void act(final SimNode node, final Runnable action) {
        invariants.before(node);
        action.run();
        collect(node);
        invariants.after(node, nodes);
    }

    private void collect(final SimNode node) {
        for (SimNode.Packet p = node.out().poll(); p != null; p = node.out().poll()) {
            invariants.onSent(p);
            if (random.nextInt(100) >= weights.lossPercent && network.size() < 3000) {
                network.add(p);
                if (random.nextInt(100) < weights.duplicatePercent) {
                    network.add(p);
                }
            }
        }
        for (final SimNode.Answer answer : node.answers()) {
            final Long bound = reads.remove(answer.requestId());
            if (bound != null && answer.index() >= 0 && answer.index() < bound) {
                throw new AssertionError(
                        "read at " + answer.index() + " but " + bound + " was done before");
            }
        }
        node.answers().clear();
    }

    private void deliverOne() {
        if (network.isEmpty()) {
            return;
        }
        final int at = weights.isReordering ? random.nextInt(network.size()) : 0;
        final SimNode.Packet packet = network.remove(at);
        final SimNode receiver = nodes.get(packet.to());
        if (receiver != null && !isCut(packet)) {
            act(receiver, () -> receiver.step(packet));
        }
        if (receiver != null && receiver.wasRemoved()) {
            nodes.remove(receiver.id());
        }
    }

    private boolean isCut(final SimNode.Packet packet) {
        final boolean isFromInside = contains(packet.from());
        final boolean isToInside = contains(packet.to());
        return isFromInside != isToInside && (!isOneWay || isToInside);
    }

    private boolean contains(final long id) {
        return Arrays.stream(cutOff).anyMatch(each -> each == id);
    }

    private void sync(final SimNode node) {
        final List<Long> positions = node.log().unsyncedPositions();
        if (!positions.isEmpty()) {
            final long position = positions.get(random.nextInt(positions.size()));
            act(node, () -> node.syncTo(position));
        }
    }

    private void read(final SimNode node) {
        final long requestId = nextValue++;
        reads.put(requestId, invariants.highestApplied());
        act(node, () -> node.readIndex(requestId));
    }

    private void crash(final SimNode node) {
        final List<Long> positions = node.log().unsyncedPositions();
        final long kept =
                positions.isEmpty() || random.nextBoolean()
                        ? node.log().durablePosition()
                        : positions.get(random.nextInt(positions.size()));
        invariants.onCrash(node);
        act(node, () -> node.crash(kept));
    }

    private void partition() {
        isOneWay = random.nextInt(4) == 0;
        cutOff =
                random.nextInt(3) == 0
                        ? new long[0]
                        : nodes.keySet().stream()
                                .mapToLong(Long::longValue)
                                .filter(id -> random.nextBoolean())
                                .toArray();
    }

    private void changeMembership(final SimNode node) {
        final ConfChange.Op[] ops = {
            ConfChange.Op.ADD_VOTER, ConfChange.Op.ADD_LEARNER, ConfChange.Op.REMOVE
        };
        final List<ConfChange.Step> changes = new ArrayList<>();
        final int count = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 1;
        for (int i = 0; i < count; i++) {
            final ConfChange.Op op = ops[random.nextInt(ops.length)];
            final boolean isNew = op != ConfChange.Op.REMOVE && random.nextBoolean();
            if (isNew && nodes.size() < 9) {
                final long id = nextId++;
                add(id, random.nextLong());
                changes.add(new ConfChange.Step(op, id));
            } else {
                changes.add(new ConfChange.Step(op, anyNode().id()));
            }
        }
        if (node.core().conf().isJoint() && !node.core().conf().autoLeave()) {
            act(node, () -> node.proposeConfChange(ConfChange.leaveJoint()));
        } else if (isSensible(node, changes)) {
            changes.forEach(step -> invariants.know(step.id()));
            final ConfChange.Transition transition =
                    random.nextInt(8) == 0
                            ? ConfChange.Transition.EXPLICIT
                            : ConfChange.Transition.AUTO;
            final ConfChange change = new ConfChange(transition, changes, new byte[0]);
            act(node, () -> node.proposeConfChange(change));
        }
    }

    /**
     * Ids are never used twice: who was removed comes back as somebody else. So a member that
     * exists is only changed by a leader, which knows that it exists.
     */
    private boolean isSensible(final SimNode node, final List<ConfChange.Step> changes) {
        return changes.stream()
                .allMatch(
                        step ->
                                step.op() == ConfChange.Op.REMOVE
                                        || step.id() >= nextId - changes.size()
                                                && !invariants.isKnown(step.id())
                                        || node.core().isLeader()
                                                && node.core().conf().contains(step.id()));
    }

    /** Everything heals: there must come one leader, equal logs, and answers. */
    private void settle() {
        cutOff = new long[0];
        for (final SimNode node : new ArrayList<>(nodes.values())) {
            act(node, () -> node.diskManual(false));
        }
        for (int round = 0; round < 1500; round++) {
            for (final SimNode node : new ArrayList<>(nodes.values())) {
                act(node, node::tick);
            }
            drainNetwork();
            final SimNode leader = leader();
            if (leader != null && leader.core().conf().isJoint() && round % 10 == 0) {
                act(leader, () -> leader.proposeConfChange(ConfChange.leaveJoint()));
            }
            if (round > 300 && round % 20 == 0 && isSettled()) {
                checkWorks();
                return;
            }
        }
        throw new AssertionError("does not settle: " + describe());
    }

    private void drainNetwork() {
        int budget = 5000;
        while (!network.isEmpty() && budget-- > 0) {
            final SimNode.Packet packet = network.remove(0);
            final SimNode receiver = nodes.get(packet.to());
            if (receiver != null) {
                invariants.before(receiver);
                receiver.step(packet);
                for (SimNode.Packet p = receiver.out().poll(); p != null; ) {
                    network.add(p);
                    p = receiver.out().poll();
                }
                receiver.answers().forEach(answer -> reads.remove(answer.requestId()));
                receiver.answers().clear();
                invariants.after(receiver, nodes);
                if (receiver.wasRemoved()) {
                    nodes.remove(receiver.id());
                }
            }
        }
    }

    private SimNode leader() {
        SimNode leader = null;
        for (final SimNode node : nodes.values()) {
            if (node.core().isLeader()
                    && (leader == null || node.core().term() > leader.core().term())) {
                leader = node;
            }
        }
        return leader;
    }

    private boolean isSettled() {
        final SimNode leader = leader();
        if (leader == null || leader.core().commitIndex() != leader.core().lastIndex()) {
            return false;
        }
        for (final long id : leader.conf().members()) {
            final SimNode member = nodes.get(id);
            if (member == null
                    || member.core().appliedIndex() != leader.core().appliedIndex()
                    || member.core().leaderId() != leader.id()
                    || machines.get(id).hash != machines.get(leader.id()).hash) {
                return false;
            }
        }
        return true;
    }

    private void checkWorks() {
        final SimNode leader = leader();
        final long[] index = new long[1];
        act(leader, () -> index[0] = leader.propose(value()));
        if (index[0] <= 0) {
            throw new AssertionError("settled leader refuses: " + index[0]);
        }
    }

    private String describe() {
        final StringBuilder text = new StringBuilder();
        for (final SimNode node : nodes.values()) {
            final RaftCore core = node.core();
            text.append('\n').append(core.id()).append(' ').append(core.role());
            text.append(" term ").append(core.term()).append(" lead ").append(core.leaderId());
            text.append(" last ").append(core.lastIndex());
            text.append(" commit ").append(core.commitIndex());
            text.append(" applied ").append(core.appliedIndex()).append(' ').append(core.conf());
            for (int i = 0; i < core.peerCount(); i++) {
                final Progress peer = core.peer(i);
                text.append(" [").append(peer.id()).append(' ').append(peer.state());
                text.append(' ').append(peer.match()).append(' ').append(peer.next()).append(']');
            }
        }
        return text.toString();
    }
}
