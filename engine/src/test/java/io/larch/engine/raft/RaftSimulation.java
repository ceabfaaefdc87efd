package io.larch.engine.raft;

import io.larch.engine.raft.SimActions.Op;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.agrona.collections.LongHashSet;

/**
 * A group of members under a network, disks, clocks and an operator that do their worst, all from
 * one seed. What was done is kept as a story, so that a failure can be played again, and made
 * short, without this class.
 */
final class RaftSimulation {
    private static final int MAX_ID = Long.SIZE - 1;
    private static final int MAX_MESSAGES = 3000;

    /** Weight of a try to start a member that is down. */
    private static final int START = 20;

    private final long seed;
    private final SplittableRandom random;
    private final SimSwarm swarm;
    private final SimWorld world;
    private final SimActions actions = new SimActions();
    private final SimPartition partition = new SimPartition();
    private final SimClocks clocks;
    private final StoryOptions options;
    private final ConfState initialConf;
    private final LongHashSet known = new LongHashSet();
    private final boolean[] hasSlowDisk = new boolean[MAX_ID + 1];
    private final int allWeights;
    private long nextId;
    private long nextValue = 1;
    private long steps;

    /** A promise was broken; {@link #story} tells how. */
    static final class Failure extends AssertionError {
        private static final long serialVersionUID = 1;
        private final transient List<String> story;

        Failure(final String message, final List<String> story, final Throwable cause) {
            super(message, cause);
            this.story = story;
        }

        List<String> story() {
            return story;
        }
    }

    RaftSimulation(final long seed, final Set<Rule> broken) {
        this.seed = seed;
        random = new SplittableRandom(seed);
        swarm = new SimSwarm(random);
        options = swarm.options(random);
        world = new SimWorld(broken, false);
        world.beStrict();
        clocks = new SimClocks(swarm.hasSteadyClocks, random);
        final int size = 1 + random.nextInt(7);
        final long[] voters = java.util.stream.LongStream.rangeClosed(1, size).toArray();
        initialConf = ConfState.ofVoters(voters);
        nextId = size + 1L;
        actions.head("strict");
        actions.head(options.toString());
        actions.head("members" + words(voters));
        actions.head("disk all hold");
        for (final long id : voters) {
            add(id);
        }
        allWeights = ordinaryWeights() + faultWeights();
    }

    private static String words(final long[] ids) {
        return java.util.Arrays.stream(ids).mapToObj(id -> " " + id).collect(Collectors.joining());
    }

    private SimMember add(final long id) {
        hasSlowDisk[(int) id] = random.nextInt(100) < swarm.slowDiskPercent;
        clocks.add(id);
        final SimMember member = world.add(options.config(id), initialConf);
        world.act(member, node -> node.diskManual(true));
        return member;
    }

    /** Runs with faults, then lets everything heal and checks that the group works. */
    void run(final int faultySteps) {
        try {
            for (long tries = 4L * faultySteps; steps < faultySteps && tries > 0; tries--) {
                step();
            }
            actions.add(Op.TEXT, 0, "settle");
            SimSettle.settle(world);
        } catch (final RuntimeException | AssertionError error) {
            throw new Failure(
                    "seed " + seed + " step " + steps + ": " + error.getMessage(),
                    actions.lines(),
                    error);
        }
    }

    /** From now on everything that is sent goes into {@link #hash}. */
    void hashMessages() {
        world.invariants().hashMessages();
    }

    long hash() {
        return world.invariants().hash();
    }

    private int ordinaryWeights() {
        return swarm.deliver + swarm.time + START + swarm.sync + swarm.propose + swarm.read;
    }

    private int faultWeights() {
        return swarm.lose
                + swarm.repeat
                + swarm.crash
                + swarm.stayDown
                + swarm.fill
                + swarm.lostDisk
                + swarm.partition
                + swarm.changeMembers
                + swarm.transfer
                + swarm.compact
                + swarm.pause
                + swarm.clog
                + swarm.unreachable
                + 2 * swarm.holdApply
                + 2 * swarm.holdInstall;
    }

    private void step() {
        int dice = random.nextInt(allWeights);
        if ((dice -= swarm.deliver) < 0) {
            deliver(Op.DELIVER);
        } else if ((dice -= swarm.time) < 0) {
            steps += clocks.advance(world, actions);
        } else if ((dice -= START) < 0) {
            startAny();
        } else {
            final SimMember member = anyMember();
            if (member != null) {
                stepOf(member, dice);
            }
        }
    }

    private SimMember anyMember() {
        final SimMember member = world.members().get(random.nextInt(world.members().size()));
        return member.isDown || clocks.isPaused(member.id()) ? null : member;
    }

    private void stepOf(final SimMember member, final int rest) {
        int dice = rest;
        if ((dice -= swarm.sync) < 0) {
            sync(member);
        } else if ((dice -= swarm.propose) < 0) {
            final long value = nextValue++;
            does(Op.PROPOSE, member, 0, value, node -> node.propose(body(value)));
        } else if ((dice -= swarm.read) < 0) {
            final long value = nextValue++;
            world.noteRead(value);
            does(Op.READ, member, 0, value, node -> node.readIndex(value));
        } else if ((dice -= swarm.lose) < 0) {
            deliver(Op.LOSE);
        } else if ((dice -= swarm.repeat) < 0) {
            deliver(Op.REPEAT);
        } else if ((dice -= swarm.crash) < 0) {
            crash(member, Op.CRASH);
        } else if ((dice -= swarm.stayDown) < 0) {
            crash(member, Op.DOWN);
        } else if ((dice -= swarm.partition) < 0) {
            partition.draw(world.members(), random);
        } else if ((dice -= swarm.pause) < 0) {
            clocks.pause(member.id());
        } else {
            operate(member, dice);
        }
    }

    private void operate(final SimMember member, final int rest) {
        int dice = rest;
        if ((dice -= swarm.changeMembers) < 0) {
            changeMembers(member);
        } else if ((dice -= swarm.transfer) < 0) {
            final long target = any().id();
            does(Op.TRANSFER, member, target, 0, node -> node.transfer(target));
        } else if ((dice -= swarm.compact) < 0) {
            final long safe = member.core().compactableIndex();
            final long applied = member.core().appliedIndex();
            final long through = random.nextBoolean() ? Math.min(safe, applied) : applied;
            does(Op.COMPACT, member, 0, through, node -> node.compact(through));
        } else if ((dice -= swarm.clog) < 0) {
            clog(member);
        } else if ((dice -= swarm.unreachable) < 0) {
            final long peer = any().id();
            does(Op.UNREACHABLE, member, peer, 0, node -> node.unreachable(peer));
        } else if ((dice -= swarm.holdApply) < 0) {
            does(Op.HOLD_APPLY, member, 0, 0, node -> node.holdApply(true));
        } else if ((dice -= swarm.holdApply) < 0) {
            does(Op.FREE_APPLY, member, 0, 0, node -> node.holdApply(false));
        } else if ((dice -= swarm.holdInstall) < 0) {
            does(Op.HOLD_INSTALL, member, 0, 0, node -> node.holdInstall(true));
        } else if ((dice -= swarm.holdInstall) < 0) {
            does(Op.FREE_INSTALL, member, 0, 0, node -> node.holdInstall(false));
        } else if ((dice -= swarm.fill) < 0) {
            does(Op.FILL, member, 0, 0, node -> node.log().fill());
        } else if (dice < swarm.lostDisk && world.members().stream().noneMatch(m -> m.isGone)) {
            crash(member, Op.LOST);
            member.loseDisk();
        }
    }

    private void does(
            final Op op,
            final SimMember member,
            final long other,
            final long argument,
            final java.util.function.Consumer<SimNode> action) {
        steps++;
        actions.add(op, member.id(), other, argument);
        world.act(member, action);
    }

    private static byte[] body(final long value) {
        return ("v" + value).getBytes(StandardCharsets.ISO_8859_1);
    }

    private SimMember any() {
        return world.members().get(random.nextInt(world.members().size()));
    }

    private void deliver(final Op wanted) {
        final SimNetwork network = world.network();
        final SimNetwork.Link link = network.anyBusy(random);
        if (link == null || clocks.isPaused(link.to())) {
            return;
        }
        final int place = swarm.isReordering ? random.nextInt(link.size()) : 0;
        final boolean isLost = partition.isCut(link.from(), link.to());
        final Op op = isLost ? Op.LOSE : wanted;
        steps++;
        actions.add(op, link.from(), link.to(), place);
        final SimNode.Packet packet = network.remove(link, place);
        if (op == Op.REPEAT && link.size() < MAX_MESSAGES) {
            network.add(packet);
        }
        if (op != Op.LOSE) {
            world.deliver(packet);
        }
    }

    private void sync(final SimMember member) {
        final SimLogStorage log = member.node().log();
        if (log.isDirty() && (!hasSlowDisk[(int) member.id()] || random.nextInt(16) == 0)) {
            final long position =
                    random.nextInt(4) == 0 ? anyUndurable(log, random) : log.position();
            does(Op.SYNC, member, 0, position, node -> node.syncTo(position));
        }
    }

    /** Anywhere, also in the middle of a record, which is then torn: found, and cut off. */
    private static long anyUndurable(final SimLogStorage log, final SplittableRandom random) {
        return random.nextLong(log.durablePosition(), log.position() + 1);
    }

    /** Power fails, or a sync does, which stops the member: either way the rest is lost. */
    private void crash(final SimMember member, final Op op) {
        final SimLogStorage log = member.node().log();
        final long kept = random.nextBoolean() ? log.durablePosition() : anyUndurable(log, random);
        steps++;
        actions.add(op, member.id(), 0, kept);
        world.crash(member, kept, op != Op.CRASH);
    }

    private void startAny() {
        final SimMember member = any();
        if (member.isDown && !member.isGone) {
            steps++;
            actions.add(Op.UP, member.id(), 0, 0);
            world.start(member);
        }
    }

    private void clog(final SimMember member) {
        final long peer = any().id();
        if (random.nextBoolean()) {
            final SimNetwork.Pattern pattern = new SimNetwork.Pattern(null, member.id(), peer, -1);
            does(Op.CLOG, member, peer, 0, node -> node.clog(pattern::fits));
        } else {
            does(Op.UNCLOG, member, 0, 0, node -> node.clog(packet -> false));
        }
    }

    private void changeMembers(final SimMember member) {
        final ConfState conf = member.core().conf();
        if (conf.isJoint() && !conf.autoLeave()) {
            change(member, ConfChange.leaveJoint());
            return;
        }
        final List<ConfChange.Step> changes = new ArrayList<>();
        final int count = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 1;
        for (int i = 0; i < count; i++) {
            changes.add(drawChange());
        }
        if (isSensible(member, changes)) {
            changes.forEach(step -> known.add(step.id()));
            final boolean isExplicit = random.nextInt(8) == 0;
            final ConfChange.Transition transition =
                    isExplicit ? ConfChange.Transition.EXPLICIT : ConfChange.Transition.AUTO;
            change(member, new ConfChange(transition, changes, new byte[0]));
        }
    }

    private ConfChange.Step drawChange() {
        final ConfChange.Op op =
                switch (random.nextInt(6)) {
                    case 0, 1 -> ConfChange.Op.ADD_VOTER;
                    case 2 -> ConfChange.Op.ADD_LEARNER;
                    case 3 -> ConfChange.Op.ADD_HELD_LEARNER;
                    default -> ConfChange.Op.REMOVE;
                };
        final long alive = world.members().stream().filter(member -> !member.isGone).count();
        if (random.nextInt(6) == 0) {
            return new ConfChange.Step(ConfChange.Op.PROMOTE, any().id());
        }
        if (op == ConfChange.Op.REMOVE || random.nextBoolean() || alive >= 9 || nextId > MAX_ID) {
            return new ConfChange.Step(op, any().id());
        }
        final long id = nextId++;
        actions.add(Op.TEXT, 0, "add " + id + " voters" + words(initialConf.voters()));
        actions.add(Op.TEXT, 0, "disk " + id + " hold");
        add(id);
        return new ConfChange.Step(op, id);
    }

    private void change(final SimMember member, final ConfChange change) {
        steps++;
        actions.add(Op.CHANGE, member.id(), SimTrace.describe(change));
        world.act(member, node -> node.proposeConfChange(change));
    }

    /**
     * Ids are never used twice: who was removed comes back as somebody else. So a member that
     * exists is only changed by a leader, which knows that it exists.
     */
    private boolean isSensible(final SimMember member, final List<ConfChange.Step> changes) {
        for (final ConfChange.Step step : changes) {
            final boolean isNew =
                    step.id() >= nextId - changes.size() && !known.contains(step.id());
            final boolean isMember =
                    member.core().isLeader() && member.core().conf().contains(step.id());
            if (step.op() != ConfChange.Op.REMOVE && !isNew && !isMember) {
                return false;
            }
        }
        return true;
    }
}
