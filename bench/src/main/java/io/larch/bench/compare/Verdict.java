package io.larch.bench.compare;

/** What became of a goal. */
enum Verdict {
    AIM("aim"),
    MUST("must"),
    SHORT("short"),
    TOO_NOISY("too noisy to judge"),
    NOT_MEASURED("not measured");

    /** Of a figure's rounds, from which on they may contradict their median. */
    private static final double WIDE_SPREAD = 0.1;

    private final String text;

    Verdict(final String text) {
        this.text = text;
    }

    /** For people. */
    String text() {
        return text;
    }

    /**
     * Judges medians of rounds.
     *
     * @param value on the goal's basis, the median.
     * @param rounds the same of each round.
     * @param isDisturbed whether others used the machine for too much of the time.
     */
    static Verdict of(
            final Goal goal, final double value, final double[] rounds, final boolean isDisturbed) {
        final Verdict verdict = goal.verdict(value);
        if (verdict == NOT_MEASURED) {
            return verdict;
        }
        boolean isContradicted = false;
        for (final double round : rounds) {
            isContradicted |= (goal.verdict(round) == SHORT) != (verdict == SHORT);
        }
        return isDisturbed || isContradicted && Rounds.spread(rounds) > WIDE_SPREAD
                ? TOO_NOISY
                : verdict;
    }
}
