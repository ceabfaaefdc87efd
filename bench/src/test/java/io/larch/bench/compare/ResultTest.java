package io.larch.bench.compare;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ResultTest {
    private static final double EXACT = 1e-12;
    private static final Goal RATIO = Goal.ratio(Figure.P50, 0.5, 0.4);
    private static final Goal OWN = Goal.own(Figure.P50, 2, 1);

    private final Result result = new Result(new LoadExperiment("x", false, List.of(), RATIO));

    private void add(final Server server, final double p50, final double others) {
        result.add(
                server,
                new Outcome(
                        Map.of(Figure.P50, p50), List.of(), new Noise(others, 0), 2, List.of()));
    }

    @Test
    void shouldDivideWithinEachRound() {
        add(Server.LARCH, 1, 0);
        add(Server.LARCH, 3, 0);
        add(Server.LARCH, 2, 0);
        add(Server.ETCD, 4, 0);
        add(Server.ETCD, 5, 0);
        add(Server.ETCD, 100, 0);

        assertEquals(0.25, result.value(RATIO), EXACT);
        assertEquals(2, result.value(OWN), EXACT);
        assertArrayEquals(new double[] {0.25, 0.6, 0.02}, result.valuesOfRounds(RATIO), EXACT);
        assertArrayEquals(new double[] {1, 3, 2}, result.valuesOfRounds(OWN), EXACT);
        assertEquals(6, result.errors(Server.LARCH));
    }

    @Test
    void shouldDivideTheMediansWhereARoundIsMissing() {
        add(Server.LARCH, 1, 0);
        add(Server.LARCH, 3, 0);
        add(Server.ETCD, 4, 0);
        add(Server.ETCD, 5, 0);
        add(Server.ETCD, 100, 0);

        assertEquals(0.4, result.value(RATIO), EXACT);
    }

    @Test
    void shouldHaveNoRatioToNothing() {
        add(Server.LARCH, 1, 0);

        assertTrue(Double.isNaN(result.value(RATIO)));
        assertEquals(Verdict.NOT_MEASURED, result.verdict(RATIO));

        add(Server.ETCD, 0, 0);

        assertTrue(Double.isNaN(result.value(RATIO)));
        assertEquals(Verdict.AIM, result.verdict(OWN));
    }

    @Test
    void shouldBeDisturbedWhenMostRoundsWere() {
        add(Server.LARCH, 1, 0.5);
        add(Server.ETCD, 1, 0.01);

        assertFalse(result.isDisturbed());

        add(Server.LARCH, 1, 0.5);

        assertTrue(result.isDisturbed());
        assertEquals(Verdict.TOO_NOISY, result.verdict(OWN));
    }
}
