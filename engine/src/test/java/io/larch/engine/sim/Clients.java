package io.larch.engine.sim;

import io.larch.engine.sim.Operation.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What all clients asked and were told, to be judged in the end. Times are steps. */
final class Clients {
    /** Configurations that one check may look at. */
    private static final int BUDGET = 200_000;

    private final Map<Integer, List<Operation>> histories = new TreeMap<>();

    /** The value that somebody saw last of a key: a good guess for a comparison. */
    private final Map<Integer, Long> lastSeen = new HashMap<>();

    private final Set<Long> queued = new HashSet<>();
    private final Set<Long> maybeQueued = new HashSet<>();
    private long acknowledgedIndex;
    private int undecided;

    /** Whether one more operation on a key can still be judged. */
    boolean takesMore(final int key) {
        final List<Operation> history = histories.get(key);
        return history == null || history.size() < Linearizability.MAX_OPERATIONS;
    }

    Operation ask(
            final int key, final Kind kind, final long value, final long expected, final long now) {
        final Operation operation = new Operation(kind, value, expected, now);
        histories.computeIfAbsent(key, any -> new ArrayList<>()).add(operation);
        return operation;
    }

    /** An operation that certainly did nothing. */
    void refused(final int key, final Operation operation) {
        histories.get(key).remove(operation);
    }

    void saw(final int key, final long value) {
        lastSeen.put(key, value);
    }

    long lastSeen(final int key) {
        return lastSeen.getOrDefault(key, 0L);
    }

    /** A write was acknowledged by a member that had applied this much. */
    void acknowledged(final long raftIndex) {
        acknowledgedIndex = Math.max(acknowledgedIndex, raftIndex);
    }

    /** Every linearizable read that starts now must see this much. */
    long acknowledgedIndex() {
        return acknowledgedIndex;
    }

    void queueing(final long value) {
        maybeQueued.add(value);
    }

    void notQueued(final long value) {
        maybeQueued.remove(value);
    }

    void queued(final long value) {
        maybeQueued.remove(value);
        if (!queued.add(value)) {
            throw new Violation("answers", "creation of " + value + " is answered twice");
        }
    }

    /** Judges what the queue holds in the end. */
    void checkQueue(final List<Long> found) {
        final Set<Long> seen = new HashSet<>();
        for (final long value : found) {
            if (!seen.add(value)) {
                throw new Violation("created once", value + " is in the queue twice");
            }
            if (!queued.contains(value) && !maybeQueued.contains(value)) {
                throw new Violation("created once", value + " is in the queue though refused");
            }
        }
        for (final long value : queued) {
            if (!seen.contains(value)) {
                throw new Violation("created once", value + " was acknowledged and is gone");
            }
        }
    }

    /** Judges all histories. */
    void checkHistories() {
        histories.forEach(
                (key, history) -> {
                    final Linearizability.Verdict verdict = Linearizability.check(history, BUDGET);
                    if (verdict == Linearizability.Verdict.NOT_LINEARIZABLE) {
                        throw new Violation(
                                "linearizability", "key " + key + ": " + describe(history));
                    }
                    if (verdict == Linearizability.Verdict.UNDECIDED) {
                        undecided++;
                    }
                });
    }

    int undecided() {
        return undecided;
    }

    int operationCount() {
        return histories.values().stream().mapToInt(List::size).sum();
    }

    int knownCount() {
        return (int)
                histories.values().stream()
                        .flatMap(List::stream)
                        .filter(Operation::isKnown)
                        .count();
    }

    String describe(final int key) {
        return describe(histories.getOrDefault(key, List.of()));
    }

    private static String describe(final List<Operation> history) {
        final StringBuilder text = new StringBuilder();
        history.forEach(operation -> text.append("\n  ").append(operation));
        return text.toString();
    }
}
