package io.larch.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.bench.load.LoadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportDirectoryTest {
    private static final Surroundings SURROUNDINGS =
            new Surroundings(
                    "2026-01-02",
                    "abc",
                    "cores: 2\n",
                    List.of("Larch: 1", "etcd: <3.4>"),
                    List.of("--quick"),
                    Mode.QUICK,
                    List.of("etcd --name=m0"));

    @TempDir Path parent;

    @Test
    void shouldOverwriteNoReport() throws IOException {
        final Path first = ReportDirectory.create(parent.resolve("new"), "day-abc");
        final Path second = ReportDirectory.create(parent.resolve("new"), "day-abc");

        assertEquals("day-abc", first.getFileName().toString());
        assertEquals("day-abc-2", second.getFileName().toString());
    }

    @Test
    void shouldWriteTextPageAndHistograms() throws IOException {
        final Result result =
                new Result(
                        new LoadExperiment(
                                "PUT 64", false, List.of(), Goal.ratio(Figure.P50, 0.5, 0.4)));
        result.add(Server.LARCH, outcome(1, 0));
        result.add(Server.ETCD, outcome(3, 0));

        ReportDirectory.write(parent, List.of(result), SURROUNDINGS);

        final String text = Files.readString(parent.resolve("report.md"));
        assertTrue(
                text.contains("| PUT 64 | p50, ms | 1.000 | 3.000 | 0.33 | 0.5 | 0.4 | aim |"),
                text);
        assertTrue(text.contains("Again: `tools/bin/bench-compare --quick`"), text);
        assertTrue(text.contains("etcd --name=m0\n"), text);
        assertFalse(text.contains("too noisy to judge 1"), text);
        assertTrue(Files.readString(parent.resolve("etcd-PUT-64-r1.hgrm")).contains("Percentile"));
        final String page = Files.readString(parent.resolve("report.html"));
        assertTrue(page.contains("<img "), page);
        assertTrue(page.contains("<td class=\"AIM\">aim</td>"), page);
        assertTrue(page.contains("etcd: &lt;3.4&gt;"), page);
        assertFalse(page.contains("<script"), page);
        assertFalse(page.contains("http"), page);
    }

    @Test
    void shouldSayWhenTheMachineWasTooNoisyToJudge() throws IOException {
        final Result result =
                new Result(
                        new LoadExperiment(
                                "PUT 64", false, List.of(), Goal.ratio(Figure.P50, 0.5, 0.4)));
        result.add(Server.LARCH, outcome(1, 0.5));
        result.add(Server.ETCD, outcome(3, 0.5));
        result.addFailure(Server.ETCD, new IOException("gone"));

        ReportDirectory.write(parent, List.of(result), SURROUNDINGS);

        final String text = Files.readString(parent.resolve("report.md"));
        assertTrue(text.contains("The machine was too noisy to judge 1 of 1 workloads"), text);
        assertTrue(text.contains("| 0.5 | 0.4 | too noisy to judge |"), text);
        assertTrue(text.contains("a round was not done; etcd: java.io.IOException: gone"), text);
    }

    @Test
    void shouldLeaveOutWhatWasNotDone() throws IOException {
        ReportDirectory.write(
                parent,
                List.of(new Result(new LoadExperiment("x", false, List.of()))),
                SURROUNDINGS);

        assertTrue(Files.readString(parent.resolve("report.md")).contains("Of 0 goals"));
    }

    private static Outcome outcome(final double p50Ms, final double others) {
        final Histogram histogram = new Histogram(3);
        for (int i = 1; i <= 1000; i++) {
            histogram.recordValue((long) (p50Ms * 1e6 * i / 500));
        }
        return new Outcome(
                Map.of(Figure.P50, p50Ms),
                List.of(new LoadResult("", histogram, 1000, 0, 1_000_000_000L, 0.1, null)),
                new Noise(others, 0),
                0,
                List.of("tools/bin/larch-bench load --operation=put"));
    }
}
