package io.larch.engine.raft;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.agrona.collections.Long2LongHashMap;

/**
 * Members and the network between them, for stories and simulations. Nothing happens but what is
 * asked for; after each step the invariants are checked and, if wanted, what it led to is written
 * into the trace.
 */
final class SimWorld {
    private static final int MAX_TURNS = 20_000;
    private static final long UNKNOWN = Long.MIN_VALUE;

    private final List<SimMember> members = new ArrayList<>();
    private final RaftInvariants invariants = new RaftInvariants(this);
    private final SimNetwork network = new SimNetwork();
    private final List<String> trace = new ArrayList<>();
    private final Long2LongHashMap readBounds = new Long2LongHashMap(UNKNOWN);
    private final Set<Rule> broken;
    private final boolean isTracing;
    private boolean isTracingMessages;
    private boolean isStrict;

    /** An invariant does not hold: it is over. */
    static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1;

        Broken(final String message) {
            super(message);
        }
    }

    SimWorld(final Set<Rule> broken, final boolean isTracing) {
        this.broken = broken;
        this.isTracing = isTracing;
    }

    /** From now on it also counts as broken when a member stops by itself. */
    void beStrict() {
        isStrict = true;
    }

    boolean isTracing() {
        return isTracing;
    }

    List<String> trace() {
        return trace;
    }

    void note(final String line) {
        if (isTracing) {
            trace.add(line);
        }
    }

    void traceMessages(final boolean isWanted) {
        isTracingMessages = isWanted;
    }

    SimNetwork network() {
        return network;
    }

    RaftInvariants invariants() {
        return invariants;
    }

    /** All members, ascending. */
    List<SimMember> members() {
        return members;
    }

    /** Null of a stranger. */
    SimMember find(final long id) {
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).id() == id) {
                return members.get(i);
            }
        }
        return null;
    }

    SimMember member(final long id) {
        final SimMember member = find(id);
        if (member == null) {
            throw new IllegalArgumentException("no member " + id);
        }
        return member;
    }

    SimMember add(final RaftConfig config, final ConfState conf) {
        final SimMember member = new SimMember(this, config, conf);
        if (!broken.isEmpty()) {
            member.node().breakRules(broken);
        }
        int at = members.size();
        while (at > 0 && members.get(at - 1).id() > member.id()) {
            at--;
        }
        members.add(at, member);
        member.settleTrace();
        return member;
    }

    /** Lets a member do something, unless it is down. */
    void act(final SimMember member, final Consumer<SimNode> action) {
        if (member.isDown) {
            return;
        }
        final SimNode node = member.node();
        invariants.before(node);
        try {
            action.accept(node);
            invariants.after(node);
        } catch (final SimLogStorage.DiskFull full) {
            member.isDown = true;
            node.out().clear();
            note(member.id() + ": stops, its disk is full");
        } catch (final RaftInvariantError error) {
            stop(member, error);
        } catch (final AssertionError error) {
            if (isTracing) {
                member.traceChanges();
            }
            throw new Broken(error.getMessage());
        }
        if (isTracing) {
            member.traceChanges();
        }
        collect(member);
    }

    private void stop(final SimMember member, final RaftInvariantError error) {
        if (isStrict) {
            throw new Broken(member.id() + " stops: " + error.getMessage());
        }
        if (isTracing) {
            member.traceChanges();
        }
        member.isDown = true;
        note(member.id() + ": stops: " + error.getMessage());
    }

    /** Takes over what a member has sent and answered. */
    private void collect(final SimMember member) {
        final SimNode node = member.node();
        for (SimNode.Packet p = node.out().poll(); p != null; p = node.out().poll()) {
            try {
                invariants.onSent(p);
            } catch (final AssertionError error) {
                throw new Broken(error.getMessage());
            }
            network.add(p);
        }
        final List<SimNode.Answer> answers = node.answers();
        for (int i = 0; i < answers.size(); i++) {
            checkAnswer(answers.get(i));
        }
        answers.clear();
        node.refused().clear();
        if (node.wasRemoved()) {
            member.isDown = true;
            member.isGone = true;
        }
    }

    private void checkAnswer(final SimNode.Answer answer) {
        final long bound = readBounds.remove(answer.requestId());
        if (bound != UNKNOWN && answer.index() >= 0 && answer.index() < bound) {
            throw new Broken(
                    "read r"
                            + answer.requestId()
                            + " at "
                            + answer.index()
                            + " but "
                            + bound
                            + " was done before");
        }
    }

    /** A read is asked: its answer must not be older than what was done by now. */
    void noteRead(final long requestId) {
        readBounds.put(requestId, invariants.highestApplied());
    }

    /** The member dies, and starts again at once or later. */
    void crash(final SimMember member, final long keptPosition, final boolean staysDown) {
        if (member.isGone) {
            return;
        }
        member.isDown = false;
        note(member.id() + ": crashes");
        invariants.onCrash(member.node());
        final int before = trace.size();
        member.node().log().free();
        act(member, node -> node.crash(keptPosition));
        trace.subList(before, trace.size()).clear();
        member.isDown = staysDown;
        if (!staysDown) {
            noteStart(member.core());
        }
    }

    void start(final SimMember member) {
        if (member.isDown && !member.isGone) {
            if (member.node().log().isFull()) {
                // It stopped in the middle of a write.
                crash(member, member.node().log().durablePosition(), false);
            } else {
                member.isDown = false;
                noteStart(member.core());
            }
        }
    }

    private void noteStart(final RaftCore core) {
        if (isTracing) {
            note(
                    core.id()
                            + ": starts as "
                            + SimTrace.role(core)
                            + ", last "
                            + core.lastIndex()
                            + ", commit "
                            + core.commitIndex());
        }
    }

    /** Gives a message to its receiver. */
    void deliver(final SimNode.Packet packet) {
        final SimMember receiver = find(packet.to());
        final boolean isLost = receiver == null || receiver.isDown || network.isCut(packet);
        if (isTracingMessages) {
            note((isLost ? "lost " : "") + SimTrace.describe(packet));
        }
        if (!isLost) {
            act(receiver, node -> node.step(packet));
        }
    }

    /** Delivers until nothing that fits is under way. */
    void deliverAll(final SimNetwork.Pattern pattern, final boolean isOfHeld) {
        for (int turn = 0; turn < MAX_TURNS; turn++) {
            final List<SimNode.Packet> packets = network.take(pattern, isOfHeld);
            if (packets.isEmpty()) {
                return;
            }
            packets.forEach(this::deliver);
        }
        throw new Broken("messages go on for ever");
    }
}
