package io.larch.engine.raft;

import java.util.ArrayList;
import java.util.List;

/**
 * A member of a {@link SimWorld}: its state machine, and what of it was written into the trace
 * last. The state is a number that depends on all that was applied; with a trace also the names.
 */
final class SimMember implements SimNode.Machine {
    private final SimWorld world;
    private final SimNode node;
    private final List<String> applied = new ArrayList<>();
    private List<String> names = new ArrayList<>();
    private long hash;
    private String role = "";
    private long commit;
    private long snapshotIndex;
    private int stepDowns;
    boolean isDown;

    /** Its disk is lost, or it was removed: it does not start again. */
    boolean isGone;

    boolean hasLostDisk;

    private record Saved(long hash, List<String> names) {}

    SimMember(final SimWorld world, final RaftConfig config, final ConfState conf) {
        this.world = world;
        node = new SimNode(config, conf, this);
    }

    /** The damage is found at the next start, which is refused. */
    void loseDisk() {
        hasLostDisk = true;
        isGone = true;
    }

    SimNode node() {
        return node;
    }

    RaftCore core() {
        return node.core();
    }

    long id() {
        return node.id();
    }

    long hash() {
        return hash;
    }

    @Override
    public void apply(final long index, final long term, final byte kind, final byte[] body) {
        hash = hash * 31 + java.util.Arrays.hashCode(body) + term;
        world.invariants().onApplied(node, index, term, hash);
        if (world.isTracing()) {
            if (kind == EntryKind.COMMAND) {
                names.add(SimTrace.text(body));
            }
            final String line = SimTrace.applied(index, kind, body);
            if (line != null) {
                applied.add(line);
            }
        }
    }

    @Override
    public Object take() {
        return new Saved(hash, world.isTracing() ? List.copyOf(names) : List.of());
    }

    @Override
    public void restore(final Object state) {
        hash = state instanceof Saved saved ? saved.hash : 0;
        names = state instanceof Saved saved ? new ArrayList<>(saved.names) : new ArrayList<>();
    }

    /** Notes the state as known, so that only what follows is told. */
    void settleTrace() {
        role = SimTrace.role(core());
    }

    /** Tells what has changed since. */
    void traceChanges() {
        if (node.snapshot() != null && node.snapshot().index() > snapshotIndex) {
            snapshotIndex = node.snapshot().index();
            note("snapshot " + snapshotIndex + "/" + node.snapshot().term());
        }
        if (node.stepDowns() > stepDowns) {
            stepDowns = node.stepDowns();
            note("steps down");
        }
        final String roleNow = SimTrace.role(core());
        if (!roleNow.equals(role)) {
            role = roleNow;
            note(role);
        }
        if (core().commitIndex() != commit) {
            commit = core().commitIndex();
            note("commit " + commit);
        }
        applied.forEach(this::note);
        applied.clear();
        node.refused().forEach(refusal -> note(describe(refusal)));
        for (final SimNode.Answer answer : node.answers()) {
            final String how = answer.index() < 0 ? " is lost" : " at " + answer.index();
            note("read r" + answer.requestId() + how);
        }
        if (node.wasRemoved()) {
            note("hears that it was removed");
        }
    }

    private static String describe(final SimNode.Refusal refusal) {
        final String why = refusal.reason() == 0 ? "" : " for reason " + refusal.reason();
        return "proposal " + refusal.sequence() + " was refused" + why;
    }

    void note(final String what) {
        world.note(id() + ": " + what);
    }

    void show() {
        world.note(SimTrace.describe(node, names));
        for (int i = 0; i < core().peerCount(); i++) {
            world.note(SimTrace.describe(core().peer(i)));
        }
    }

    @Override
    public String toString() {
        return SimTrace.describe(node, names);
    }
}
