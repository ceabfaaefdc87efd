package io.larch.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RatioTableTest {
    private final RatioTable table = new RatioTable();

    @Test
    void shouldDivideTheMediansOfTheRounds() {
        add("larch-1-v3-put-c1-r1", 900, 0, 0.3, 0.9, 70);
        add("larch-1-v3-put-c1-r2", 1000, 0, 0.1, 0.7, 90);
        add("larch-1-v3-put-c1-r3", 2000, 1, 0.2, 0.8, 80);
        add("etcd-1-v3-put-c1-r1", 500, 0, 0.4, 1.6, 160);

        assertEquals(
                "| 1-v3-put-c1 | 1000 | 500 | 2.00 | 0.200 | 0.400 | 0.50 | 0.800 | 1.600 | 0.50"
                        + " | 80.0 | 160.0 | 0.50 | 1 | 0 |",
                lastLine());
    }

    @Test
    void shouldTakeTheMiddleOfAnEvenNumberOfRounds() {
        add("larch-x-r1", 10, 0, 1, 1, 1);
        add("larch-x-r2", 20, 0, 2, 2, 2);
        add("etcd-x-r1", 15, 0, 0, 1, 1);

        assertTrue(lastLine().startsWith("| x | 15 | 15 | 1.00 | 1.500 | 0.000 |  | "), lastLine());
    }

    @Test
    void shouldTellTheFiguresOfARunApart() {
        add("larch-watch-r1-last", 1, 0, 1, 1, 1);
        add("etcd-watch-r1-last", 1, 0, 2, 2, 2);
        add("larch-watch-r1-put", 1, 0, 3, 3, 3);
        add("etcd-watch-r1-put", 1, 0, 4, 4, 4);

        assertTrue(table.text().contains("| watch last | 1 |"), table.text());
        assertTrue(table.text().contains("| watch put | 1 |"), table.text());
    }

    @Test
    void shouldLeaveOutWhatOnlyOneServerRan() {
        add("larch-x-r1", 1, 0, 1, 1, 1);
        table.add("| run | server |");
        table.add("no row");

        assertEquals(2, table.text().lines().count());
    }

    @Test
    void shouldStandBeforeTheRunsOnce() {
        final String report = "# Load\n\n## Runs\n\n| run |\n";
        final String once = ReportWriter.withRatios(report, table);

        assertTrue(once.contains("medians of the rounds\n\n" + table.text() + "\n## Runs"), once);
        assertEquals(once, ReportWriter.withRatios(once, table));
        assertThrows(IllegalArgumentException.class, () -> ReportWriter.withRatios("other", table));
    }

    private void add(
            final String label,
            final int rate,
            final int errors,
            final double p50,
            final double p99,
            final int cpu) {
        table.add(
                String.join(
                        " | ",
                        "| " + label,
                        "version",
                        "v3-put",
                        "1",
                        "closed",
                        Integer.toString(rate),
                        Integer.toString(errors),
                        Double.toString(p50),
                        "0",
                        Double.toString(p99),
                        "0",
                        "0",
                        "0",
                        cpu + " |"));
    }

    private String lastLine() {
        return table.text().lines().reduce((first, second) -> second).orElseThrow();
    }
}
