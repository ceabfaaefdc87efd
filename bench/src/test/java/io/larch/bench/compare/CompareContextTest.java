package io.larch.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompareContextTest {
    @Test
    void shouldTakeValuesInBothForms() {
        final CompareContext context =
                CompareContext.parse("--only", "PUT", "--members=5", "--reports", "r", "--full");

        assertEquals(5, context.members());
        assertEquals(Path.of("r"), context.reports());
        assertEquals(Mode.FULL, context.mode());
    }

    @Test
    void shouldFindTheSourcesByTheLauncher() {
        final CompareContext context = CompareContext.parse("--home=/larch", "--quick");

        assertEquals("/larch/tools/bin/larchd", context.command(Server.LARCH));
        assertEquals(Path.of("/larch/perf-reports"), context.reports());
        assertEquals(List.of("--quick"), context.arguments());
    }

    @Test
    void shouldScaleAllTimesWithThoseUnderLoad() {
        final Mode mode = CompareContext.parse("--quick", "--seconds=0.5", "--rounds=1").mode();

        assertEquals(1, mode.rounds());
        assertEquals(0.5, mode.seconds());
        assertEquals(Mode.QUICK.memorySeconds() / 2, mode.memorySeconds());
    }

    @Test
    void shouldPickByNameWhatIsNotRunByItself() {
        final Experiment v3 = new LoadExperiment("v3 put 1", false, List.of());
        final Experiment put = new LoadExperiment("PUT 1", false, List.of());

        assertTrue(CompareContext.parse().isWanted(put));
        assertFalse(CompareContext.parse().isWanted(v3));
        assertTrue(CompareContext.parse("--only=v3").isWanted(v3));
        assertFalse(CompareContext.parse("--only=v3").isWanted(put));
        assertTrue(CompareContext.parse("--only=^PUT").isWanted(put));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "quick",
                "--quick --full",
                "--only=(",
                "--only",
                "--members=0",
                "--members=x",
                "--seconds=0",
                "--seconds=-1",
                "--rounds=0",
                "--unknown=1",
                "--unknown",
                "--quick=1"
            })
    void shouldRefuseWhatIsWrong(final String line) {
        assertThrows(IllegalArgumentException.class, () -> CompareContext.parse(line.split(" ")));
    }

    @Test
    void shouldNameTheOptionThatIsWrong() {
        final IllegalArgumentException e =
                assertThrows(
                        IllegalArgumentException.class, () -> CompareContext.parse("--members=10"));

        assertEquals("--members must be from 1 to 9: 10", e.getMessage());
    }
}
