package io.larch.tools.faults;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Linearizability of the whole store, with the store's index as the order that is to be proved:
 * what returned before something else was called comes before it in that order. Together with
 * {@link Checks#checkReads}, by which each answer is what that order gives, this is the definition.
 *
 * <p>A write whose outcome is unknown takes part when it happened: not before it was called, and at
 * any time after.
 */
final class RealTimeCheck {
    private final List<Moment> moments = new ArrayList<>();

    /**
     * @param isCall whether the operation was sent then, or had returned.
     * @param isWrite a write takes an index of its own; a read shares that of a write.
     */
    private record Moment(long timeNs, boolean isCall, boolean isWrite, long index, Object what) {}

    /** Adds all writes that happened, and all linearizable reads. */
    RealTimeCheck add(final Journal journal, final History history) {
        for (final Write write : journal.writes()) {
            if (write.outcome() == Outcome.ACKNOWLEDGED) {
                operation(write.calledNs(), write.returnedNs(), true, write.index(), write);
            } else if (write.outcome() == Outcome.UNKNOWN) {
                for (final Event event : history.withValue(write.value())) {
                    moments.add(new Moment(write.calledNs(), true, true, event.index(), write));
                }
            }
        }
        for (final Read read : journal.reads()) {
            if (read.isLinearizable()) {
                operation(read.calledNs(), read.returnedNs(), false, read.storeIndex(), read);
            }
        }
        return this;
    }

    void operation(
            final long calledNs,
            final long returnedNs,
            final boolean isWrite,
            final long index,
            final Object what) {
        moments.add(new Moment(calledNs, true, isWrite, index, what));
        moments.add(new Moment(returnedNs, false, isWrite, index, what));
    }

    void check(final Errors errors) {
        // Calls first: what happens at the same nanosecond happens at the same time.
        moments.sort(
                Comparator.comparingLong(Moment::timeNs).thenComparing(moment -> !moment.isCall()));
        Moment latest = null;
        for (final Moment moment : moments) {
            if (moment.isCall()) {
                final long known = latest == null ? -1 : latest.index();
                if (moment.isWrite() ? moment.index() <= known : moment.index() < known) {
                    errors.add(
                            "sent too late for its index: "
                                    + moment.what()
                                    + " after "
                                    + latest.what());
                }
            } else if (latest == null || moment.index() > latest.index()) {
                latest = moment;
            }
        }
    }
}
