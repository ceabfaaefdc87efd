package io.larch.engine.raft;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The members of a story and the network between them. Nothing happens but what is asked for; what
 * it leads to at each member is written into the trace, and the invariants are checked after it.
 */
final class StoryWorld {
    private final TreeMap<Long, Member> members = new TreeMap<>();
    private final TreeMap<Long, SimNode> alive = new TreeMap<>();
    private final RaftInvariants invariants = new RaftInvariants();
    private final StoryNetwork network = new StoryNetwork();
    private final List<String> trace = new ArrayList<>();
    private final Set<Rule> broken;
    private final Map<Long, Long> readBounds = new TreeMap<>();
    private boolean isTracingMessages;

    /** An invariant does not hold: the story ends. */
    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1;

        Broken(final String message) {
            super(message);
        }
    }

    /** One member, and what of it was written into the trace last. */
    private final class Member implements SimNode.Machine {
        private final SimNode node;
        private final List<String> applied = new ArrayList<>();
        private List<String> state = new ArrayList<>();
        private long hash;
        private String role = "";
        private long commit;
        private long snapshotIndex;
        private int stepDowns;
        private boolean isDown;

        Member(final RaftConfig config, final ConfState conf) {
            node = new SimNode(config, conf, this);
            if (!broken.isEmpty()) {
                node.breakRule(broken.iterator().next());
            }
        }

        @Override
        public void apply(final long index, final long term, final byte kind, final byte[] body) {
            hash = hash * 31 + Arrays.hashCode(body) + term;
            invariants.onApplied(node, index, term, hash);
            if (kind == EntryKind.COMMAND) {
                state.add(text(body));
                applied.add("applies " + index + ": " + text(body));
            } else if (kind == EntryKind.CONF_CHANGE) {
                applied.add("applies " + index + ": " + describe(decode(body)));
            }
        }

        @Override
        public Object take() {
            return new Saved(hash, List.copyOf(state));
        }

        @Override
        public void restore(final Object saved) {
            hash = saved instanceof Saved it ? it.hash : 0;
            state = saved instanceof Saved it ? new ArrayList<>(it.state) : new ArrayList<>();
        }
    }

    private record Saved(long hash, List<String> state) {}

    StoryWorld(final Set<Rule> broken) {
        this.broken = broken;
    }

    List<String> trace() {
        return trace;
    }

    StoryNetwork network() {
        return network;
    }

    void traceMessages(final boolean isTracing) {
        isTracingMessages = isTracing;
    }

    void note(final String line) {
        trace.add(line);
    }

    void add(final RaftConfig config, final ConfState conf) {
        final Member member = new Member(config, conf);
        members.put(config.id(), member);
        alive.put(config.id(), member.node);
        member.role = role(member.node.core());
    }

    Set<Long> ids() {
        return members.keySet();
    }

    SimNode node(final long id) {
        return member(id).node;
    }

    private Member member(final long id) {
        final Member member = members.get(id);
        if (member == null) {
            throw new IllegalArgumentException("no member " + id);
        }
        return member;
    }

    boolean isDown(final long id) {
        return member(id).isDown;
    }

    /** Lets a member do something, and writes down what came of it. */
    void act(final long id, final Consumer<SimNode> action) {
        final Member member = member(id);
        if (member.isDown) {
            return;
        }
        final SimNode node = member.node;
        invariants.before(node);
        try {
            action.accept(node);
            traceChanges(member);
            for (SimNode.Packet p = node.out().poll(); p != null; p = node.out().poll()) {
                invariants.onSent(p);
                network.add(p);
            }
            invariants.after(node, alive);
        } catch (final RaftInvariantError error) {
            traceChanges(member);
            note(id + ": stops: " + error.getMessage());
            member.isDown = true;
        } catch (final AssertionError error) {
            throw new Broken(error.getMessage());
        }
    }

    /** The member dies, and starts again at once or later. */
    void crash(final long id, final long keptPosition, final boolean isDown) {
        final Member member = member(id);
        member.isDown = false;
        note(id + ": crashes");
        invariants.onCrash(member.node);
        quietly(id, node -> node.crash(keptPosition));
        member.isDown = isDown;
        if (!isDown) {
            noteStart(member.node.core());
        }
    }

    void start(final long id) {
        member(id).isDown = false;
        noteStart(node(id).core());
    }

    private void noteStart(final RaftCore core) {
        note(
                core.id()
                        + ": starts as "
                        + role(core)
                        + ", last "
                        + core.lastIndex()
                        + ", commit "
                        + core.commitIndex());
    }

    /** As {@link #act}, without a trace. */
    void quietly(final long id, final Consumer<SimNode> action) {
        final int before = trace.size();
        act(id, action);
        trace.subList(before, trace.size()).clear();
    }

    /** A read is asked: its answer must not be older than what was done by now. */
    void read(final long id, final long requestId) {
        readBounds.put(requestId, invariants.highestApplied());
    }

    private void traceChanges(final Member member) {
        final SimNode node = member.node;
        final RaftCore core = node.core();
        final long id = core.id();
        if (node.snapshot() != null && node.snapshot().index() > member.snapshotIndex) {
            member.snapshotIndex = node.snapshot().index();
            note(id + ": snapshot " + member.snapshotIndex + "/" + node.snapshot().term());
        }
        if (node.stepDowns() > member.stepDowns) {
            member.stepDowns = node.stepDowns();
            note(id + ": steps down");
        }
        final String role = role(core);
        if (!role.equals(member.role)) {
            member.role = role;
            note(id + ": " + role);
        }
        if (core.commitIndex() != member.commit) {
            member.commit = core.commitIndex();
            note(id + ": commit " + member.commit);
        }
        member.applied.forEach(line -> note(id + ": " + line));
        member.applied.clear();
        node.refused().forEach(sequence -> note(id + ": proposal " + sequence + " was refused"));
        node.refused().clear();
        for (final SimNode.Answer answer : node.answers()) {
            traceAnswer(id, answer);
        }
        node.answers().clear();
        if (node.wasRemoved()) {
            note(id + ": hears that it was removed");
            member.isDown = true;
        }
    }

    private void traceAnswer(final long id, final SimNode.Answer answer) {
        final String name = "read r" + answer.requestId();
        note(id + ": " + name + (answer.index() < 0 ? " is lost" : " at " + answer.index()));
        final Long bound = readBounds.remove(answer.requestId());
        if (bound != null && answer.index() >= 0 && answer.index() < bound) {
            throw new Broken(name + " at " + answer.index() + " but " + bound + " was done before");
        }
    }

    private static String role(final RaftCore core) {
        final String name = core.role().name().toLowerCase(Locale.ROOT).replace('_', '-');
        final String of = core.leaderId() == 0 || core.isLeader() ? "" : " of " + core.leaderId();
        return name + of + " in term " + core.term();
    }

    /** Gives messages to their receivers. */
    void deliver(final List<SimNode.Packet> packets) {
        for (final SimNode.Packet packet : packets) {
            final boolean isLost =
                    network.isCut(packet)
                            || !members.containsKey(packet.to())
                            || isDown(packet.to());
            if (isTracingMessages) {
                note((isLost ? "lost " : "") + StoryNetwork.describe(packet));
            }
            if (!isLost) {
                act(packet.to(), node -> node.step(packet));
            }
        }
    }

    /** Delivers until nothing that fits is under way. */
    void deliverAll(final StoryNetwork.Pattern pattern, final boolean isOfHeld) {
        for (int turn = 0; turn < 1000; turn++) {
            final List<SimNode.Packet> packets = network.take(pattern, isOfHeld);
            if (packets.isEmpty()) {
                return;
            }
            deliver(packets);
        }
        throw new Broken("messages go on for ever");
    }

    void show(final long id) {
        final SimNode node = node(id);
        final RaftCore core = node.core();
        final StringBuilder text = new StringBuilder();
        text.append(id).append(": ").append(role(core));
        text.append(core.votedFor() == 0 ? "" : ", voted for " + core.votedFor());
        text.append(", log").append(log(node.log().current()));
        text.append(", commit ").append(core.commitIndex());
        text.append(", applied ").append(core.appliedIndex());
        text.append(" ").append(member(id).state);
        text.append(", ").append(describe(core.conf()));
        note(text.toString());
        for (int i = 0; i < core.peerCount(); i++) {
            final Progress peer = core.peer(i);
            final String state = peer.state().name().toLowerCase(Locale.ROOT);
            note(
                    "   "
                            + peer.id()
                            + (peer.isVoter() ? "" : " (learner)")
                            + " "
                            + state
                            + " match="
                            + peer.match()
                            + " next="
                            + peer.next());
        }
    }

    /** Terms of the entries, behind what is compacted. */
    private static String log(final SimLogStorage.Image image) {
        final String compacted =
                image.snapshotIndex() == 0
                        ? ""
                        : " (" + image.snapshotIndex() + "/" + image.snapshotTerm() + ")";
        return compacted
                + image.entries().stream()
                        .map(entry -> " " + entry.term())
                        .collect(Collectors.joining());
    }

    static String describe(final ConfState conf) {
        final StringBuilder text = new StringBuilder("voters " + ids(conf.voters()));
        if (conf.isJoint()) {
            text.append(" and ").append(ids(conf.votersOutgoing()));
        }
        if (conf.learners().length > 0) {
            text.append(", learners ").append(ids(conf.learners()));
        }
        if (conf.learnersNext().length > 0) {
            text.append(", soon learners ").append(ids(conf.learnersNext()));
        }
        return text.toString();
    }

    private static String ids(final long[] ids) {
        return Arrays.stream(ids).mapToObj(Long::toString).collect(Collectors.joining(" "));
    }

    private static ConfChange decode(final byte[] body) {
        return ConfChange.decode(new UnsafeBuffer(body), 0);
    }

    static String describe(final ConfChange change) {
        if (change.transition() == ConfChange.Transition.LEAVE) {
            return "leave";
        }
        final String steps =
                change.steps().stream()
                        .map(step -> "+~-=".charAt(sign(step.op())) + Long.toString(step.id()))
                        .collect(Collectors.joining(" "));
        return steps + (change.transition() == ConfChange.Transition.EXPLICIT ? " explicit" : "");
    }

    private static int sign(final ConfChange.Op op) {
        return switch (op) {
            case ADD_VOTER -> 0;
            case ADD_LEARNER -> 1;
            case REMOVE -> 2;
            case UPDATE -> 3;
        };
    }

    private static String text(final byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }
}
