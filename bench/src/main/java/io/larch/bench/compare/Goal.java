package io.larch.bench.compare;

/**
 * What a figure of a workload has to be, and what it should be.
 *
 * @param basis of what the limits speak.
 */
record Goal(Figure figure, Basis basis, double must, double aim) {
    /** What is held against the limits. */
    enum Basis {
        /** Larch's figure by etcd's. */
        RATIO,
        /** Larch's figure itself. */
        LARCH
    }

    static Goal ratio(final Figure figure, final double must, final double aim) {
        return new Goal(figure, Basis.RATIO, must, aim);
    }

    static Goal own(final Figure figure, final double must, final double aim) {
        return new Goal(figure, Basis.LARCH, must, aim);
    }

    /** What a value on the goal's basis is worth, without regard to noise. */
    Verdict verdict(final double value) {
        if (Double.isNaN(value)) {
            return Verdict.NOT_MEASURED;
        }
        if (isWithin(value, aim)) {
            return Verdict.AIM;
        }
        return isWithin(value, must) ? Verdict.MUST : Verdict.SHORT;
    }

    private boolean isWithin(final double value, final double limit) {
        return figure.isHigherBetter() ? value >= limit : value <= limit;
    }

    /** How much of the limit is used; up to 1 the goal is reached. */
    double partOfMust(final double value) {
        return figure.isHigherBetter() ? must / value : value / must;
    }
}
