package io.larch.engine.archive;

import io.larch.engine.disk.Directory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes from an archive what no restore to a moment of the last so many days begins with.
 *
 * <p>What holds: such a restore begins with the newest snapshot that was there at the moment. So
 * the newest one that is as old as restores shall reach stays, with all that is behind it, and if
 * none is as old, everything stays. Nothing is deleted before that snapshot is read and found
 * whole. The newest goes first of none: a crash leaves an archive that begins a little earlier.
 *
 * <p>Segments and snapshots are told by their names: two numbers of 16 digits, the second of which
 * is Raft's index, of the first entry or of the last. Called by the archive's thread.
 */
public final class Retention {
    private static final Pattern NAME =
            Pattern.compile("([0-9a-f]{16})-([0-9a-f]{16})\\.(wal|snap)");
    private static final int HEX = 16;
    private static final Logger LOGGER = LoggerFactory.getLogger(Retention.class);

    private final long backMs;
    private final LongSupplier epochMs;
    private final Predicate<String> isWhole;

    private record Kept(String name, long number, long index, boolean isSegment) {}

    /**
     * @param backMs how far back restores shall reach.
     * @param epochMs the time, by the clock that files have theirs from.
     * @param isWhole whether the snapshot of a name in the archive can be restored.
     */
    public Retention(
            final long backMs, final LongSupplier epochMs, final Predicate<String> isWhole) {
        this.backMs = backMs;
        this.epochMs = epochMs;
        this.isWhole = isWhole;
    }

    /** Deletes what is not needed any more. */
    void apply(final Directory archive) throws IOException {
        final List<Kept> all = new ArrayList<>();
        for (final String name : archive.list()) {
            final Matcher parts = NAME.matcher(name);
            if (parts.matches()) {
                all.add(
                        new Kept(
                                name,
                                Long.parseUnsignedLong(parts.group(1), HEX),
                                Long.parseUnsignedLong(parts.group(2), HEX),
                                parts.group(3).equals("wal")));
            }
        }
        final Kept first = first(archive, all);
        if (first == null) {
            return;
        }
        final List<Kept> old = olderThan(first, all);
        if (old.isEmpty() || !isWhole.test(first.name)) {
            return;
        }
        for (final Kept each : old) {
            archive.delete(each.name);
        }
        archive.sync();
        LOGGER.info(
                "let go of {} files in {}; it begins with {} now",
                old.size(),
                archive.describe(),
                first.name);
    }

    /** The snapshot that the earliest of these restores begin with; null: there is none. */
    private Kept first(final Directory archive, final List<Kept> all) throws IOException {
        final long latestMs = epochMs.getAsLong() - backMs;
        Kept first = null;
        for (final Kept each : all) {
            if (!each.isSegment
                    && (first == null || each.index > first.index)
                    && archive.modifiedMs(each.name) <= latestMs) {
                first = each;
            }
        }
        return first;
    }

    /** Snapshots in front of the segments that lead on from them, and of each the oldest first. */
    private static List<Kept> olderThan(final Kept first, final List<Kept> all) {
        final long segment =
                all.stream()
                        .filter(each -> each.isSegment && each.index <= first.index + 1)
                        .mapToLong(Kept::number)
                        .max()
                        .orElse(0);
        return all.stream()
                .filter(each -> each.isSegment ? each.number < segment : each.index < first.index)
                .sorted(
                        Comparator.comparing(Kept::isSegment)
                                .thenComparing(Kept::index, Long::compareUnsigned)
                                .thenComparing(Kept::number))
                .toList();
    }
}
