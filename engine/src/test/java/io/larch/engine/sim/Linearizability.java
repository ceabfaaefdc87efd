package io.larch.engine.sim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Says whether there is an order of the operations on one key in which each takes effect at one
 * moment between its call and its return, and all answers are right. Wing and Gong's search, with
 * Lowe's memory of the configurations that lead nowhere.
 *
 * <p>An operation whose outcome is unknown may take effect at any time after its call, or never.
 */
final class Linearizability {
    /** A history of more operations cannot be checked; they are the bits of a long. */
    static final int MAX_OPERATIONS = 64;

    private final Operation[] operations;
    private final long known;
    private final Set<Configuration> visited = new HashSet<>();
    private int budget;

    /** Which operations have taken effect, and what the key holds then. */
    private record Configuration(long done, long state) {}

    /** What the search found. */
    enum Verdict {
        LINEARIZABLE,
        NOT_LINEARIZABLE,
        /** The search was given up. */
        UNDECIDED
    }

    private Linearizability(final List<Operation> history, final int budget) {
        if (history.size() > MAX_OPERATIONS) {
            throw new IllegalArgumentException("too many operations: " + history.size());
        }
        final List<Operation> sorted = new ArrayList<>(history);
        sorted.sort(Comparator.comparingLong(operation -> operation.called));
        operations = sorted.toArray(new Operation[0]);
        long mask = 0;
        for (int i = 0; i < operations.length; i++) {
            if (operations[i].isKnown()) {
                mask |= 1L << i;
            }
        }
        known = mask;
        this.budget = budget;
    }

    /**
     * Checks the history of one key that held nothing in the beginning.
     *
     * @param budget configurations to look at before giving up.
     */
    static Verdict check(final List<Operation> history, final int budget) {
        final Linearizability search = new Linearizability(history, budget);
        if (search.canEnd(0, 0)) {
            return Verdict.LINEARIZABLE;
        }
        return search.budget < 0 ? Verdict.UNDECIDED : Verdict.NOT_LINEARIZABLE;
    }

    /** Whether the operations not done yet can be done from here. */
    private boolean canEnd(final long done, final long state) {
        if ((known & ~done) == 0) {
            return true;
        }
        if (--budget < 0 || !visited.add(new Configuration(done, state))) {
            return false;
        }
        final long firstReturn = firstReturn(done);
        for (int i = 0; i < operations.length; i++) {
            final Operation operation = operations[i];
            if (operation.called > firstReturn) {
                break;
            }
            if ((done >>> i & 1) == 0
                    && isPossible(operation, state)
                    && canEnd(done | 1L << i, operation.stateAfter(state))) {
                return true;
            }
        }
        return false;
    }

    /** One that changes nothing and told nobody needs no place in the order. */
    private static boolean isPossible(final Operation operation, final long state) {
        return operation.isKnown()
                ? operation.answerAt(state) == operation.answer
                : operation.stateAfter(state) != state;
    }

    private long firstReturn(final long done) {
        long first = Operation.NEVER;
        for (int i = 0; i < operations.length; i++) {
            if ((done >>> i & 1) == 0) {
                first = Math.min(first, operations[i].returned);
            }
        }
        return first;
    }
}
