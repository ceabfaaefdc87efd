package io.larch.tools.stat;

import io.larch.engine.stats.CounterFile;
import io.larch.engine.stats.CounterFile.Counter;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * For people: a line each counter, with its unit; from the second picture on also the change per
 * second since the one before.
 */
final class TextPrinter implements CounterPrinter {
    private final PrintWriter out;
    private final boolean isAll;
    private final Map<String, Long> before = new HashMap<>();
    private long beforeMs;

    /**
     * @param isAll whether counters at 0 are printed, too.
     */
    TextPrinter(final PrintWriter out, final boolean isAll) {
        this.out = out;
        this.isAll = isAll;
    }

    @Override
    public void print(final CounterFile.Picture picture) {
        if (beforeMs != 0) {
            out.println();
        }
        final Instant since = Instant.ofEpochMilli(picture.startMs());
        out.printf(
                Locale.ROOT,
                "member %x of cluster %x, process %d since %s%n",
                picture.memberId(),
                picture.clusterId(),
                picture.pid(),
                since.truncatedTo(ChronoUnit.SECONDS));
        final List<Counter> shown =
                picture.counters().stream()
                        .filter(counter -> isAll || counter.value() != 0)
                        .toList();
        final int width = shown.stream().mapToInt(c -> c.name().length()).max().orElse(1);
        for (final Counter counter : shown) {
            out.printf(
                    Locale.ROOT,
                    "%-" + width + "s %,20d %s",
                    counter.name(),
                    counter.value(),
                    counter.unit());
            printChange(counter, picture.publishedMs());
            out.println();
        }
        out.flush();
        picture.counters().forEach(counter -> before.put(counter.name(), counter.value()));
        beforeMs = picture.publishedMs();
    }

    private void printChange(final Counter counter, final long nowMs) {
        final Long old = before.get(counter.name());
        if (old != null && counter.value() != old && nowMs > beforeMs) {
            final double perSecond = (counter.value() - old) * 1_000.0 / (nowMs - beforeMs);
            out.print(String.format(Locale.ROOT, ", %+.1f a second", perSecond));
        }
    }
}
