package io.larch.engine.raft;

/** What more than half of a set of voters agree on. */
final class MajorityQuorum {
    private MajorityQuorum() {}

    /**
     * The largest value that a majority has reached. Sorts the values in place.
     *
     * @param values one of each voter, in the first {@code count} places.
     * @return {@link Long#MAX_VALUE} of no voters, so that an empty half never decides.
     */
    static long reached(final long[] values, final int count) {
        if (count == 0) {
            return Long.MAX_VALUE;
        }
        for (int i = 1; i < count; i++) {
            final long value = values[i];
            int at = i;
            while (at > 0 && values[at - 1] > value) {
                values[at] = values[at - 1];
                at--;
            }
            values[at] = value;
        }
        return values[count - (count / 2 + 1)];
    }
}
