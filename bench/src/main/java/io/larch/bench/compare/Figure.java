package io.larch.bench.compare;

import java.util.Locale;

/** What is measured of a workload, in which unit. */
enum Figure {
    RATE("rate", "/s", 0),
    P50("p50", "ms", 3),
    P99("p99", "ms", 3),
    P999("p99.9", "ms", 3),
    WRITER_P50("writer's p50", "ms", 3),
    CPU("CPU", "us each", 1),
    BYTES("bytes written", "B each", 0),
    RESIDENT("resident memory", "MB", 0),
    GENERATOR_CPU("generator's CPU", "us each", 1),
    COLD("cold p50 by steady p50", "", 2),
    LOW_RATE_CPU("CPU by that at full speed", "", 2),
    SNAPSHOT_P99("p99 by that without snapshots", "", 2),
    SNAPSHOT_P999("p99.9 by that without snapshots", "", 2),
    KEY_BYTES("resident memory", "B a key", 0),
    LONGEST_GAP("longest gap", "ms", 1),
    SLOWEST("slowest request", "ms", 1),
    FIRST_ANSWER("first 200", "s", 3),
    START_CPU("CPU until the first 200", "s", 2),
    IDLE_CPU("CPU when idle", "% of a core", 2),
    IDLE_RESIDENT("memory when idle", "MB", 0);

    private final String title;
    private final String unit;
    private final int digits;

    Figure(final String title, final String unit, final int digits) {
        this.title = title;
        this.unit = unit;
        this.digits = digits;
    }

    /** For people. */
    String title() {
        return title;
    }

    /** With its unit. */
    String titleAndUnit() {
        return unit.isEmpty() ? title : title + ", " + unit;
    }

    /** Of all but rates less is better. */
    boolean isHigherBetter() {
        return this == RATE;
    }

    /** The figure without its unit; nothing when it was not measured. */
    String text(final double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%,." + digits + "f", value);
    }
}
