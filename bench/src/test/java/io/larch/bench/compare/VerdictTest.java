package io.larch.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class VerdictTest {
    private static final Goal LATENCY = Goal.ratio(Figure.P50, 0.5, 0.4);
    private static final Goal RATE = Goal.ratio(Figure.RATE, 4, 5);

    @Test
    void shouldWantLittleOfAllButRates() {
        assertEquals(Verdict.AIM, LATENCY.verdict(0.4));
        assertEquals(Verdict.MUST, LATENCY.verdict(0.5));
        assertEquals(Verdict.SHORT, LATENCY.verdict(0.51));
    }

    @Test
    void shouldWantMuchOfRates() {
        assertEquals(Verdict.AIM, RATE.verdict(5));
        assertEquals(Verdict.MUST, RATE.verdict(4));
        assertEquals(Verdict.SHORT, RATE.verdict(3.99));
    }

    @Test
    void shouldTellHowMuchOfTheLimitIsUsed() {
        assertEquals(0.5, LATENCY.partOfMust(0.25), 1e-12);
        assertEquals(0.5, RATE.partOfMust(8), 1e-12);
    }

    @Test
    void shouldNotJudgeWhatWasNotMeasured() {
        assertEquals(
                Verdict.NOT_MEASURED,
                Verdict.of(LATENCY, Double.NaN, new double[] {Double.NaN}, true));
    }

    @Test
    void shouldNotJudgeWhatOthersDisturbed() {
        assertEquals(Verdict.TOO_NOISY, Verdict.of(LATENCY, 0.1, new double[] {0.1, 0.1}, true));
    }

    @Test
    void shouldNotJudgeRoundsThatAreFarApartAndContradictTheirMedian() {
        final double[] rounds = {0.3, 0.45, 0.7};

        assertEquals(Verdict.TOO_NOISY, Verdict.of(LATENCY, 0.45, rounds, false));
    }

    @Test
    void shouldJudgeRoundsThatAreFarApartButAgree() {
        assertEquals(Verdict.SHORT, Verdict.of(LATENCY, 0.9, new double[] {0.6, 0.9, 1.4}, false));
    }

    @Test
    void shouldJudgeRoundsThatContradictTheirMedianByLittle() {
        assertEquals(
                Verdict.MUST, Verdict.of(LATENCY, 0.49, new double[] {0.48, 0.49, 0.51}, false));
    }
}
