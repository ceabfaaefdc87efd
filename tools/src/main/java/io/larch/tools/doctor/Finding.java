package io.larch.tools.doctor;

/**
 * One thing that was looked at.
 *
 * @param check what, in a word or two.
 * @param figure what was seen.
 * @param advice one sentence of what to do; empty when there is nothing.
 */
record Finding(String check, Level level, String figure, String advice) {
    static Finding ok(final String check, final String figure) {
        return new Finding(check, Level.OK, figure, "");
    }

    static Finding unknown(final String check, final String why) {
        return new Finding(check, Level.UNKNOWN, "not looked at: " + why, "");
    }

    static Finding warning(final String check, final String figure, final String advice) {
        return new Finding(check, Level.WARNING, figure, advice);
    }

    static Finding problem(final String check, final String figure, final String advice) {
        return new Finding(check, Level.PROBLEM, figure, advice);
    }
}
