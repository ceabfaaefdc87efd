package io.larch.bench.compare;

import io.larch.bench.load.LoadResult;
import io.larch.bench.members.LocalMembers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes while the member takes snapshots all the time, beside those of one that takes none. */
final class SnapshotExperiment implements Experiment {
    /** So that a single stall, which has nothing to do with snapshots, does not count. */
    private static final int TURNS = 3;

    private final int keys;

    SnapshotExperiment(final Mode mode) {
        keys = mode.snapshotKeys();
    }

    @Override
    public String name() {
        return "snapshots";
    }

    @Override
    public String description() {
        return String.format(
                Locale.ROOT,
                "2,000 PUT/s, %,d keys, a snapshot every 2,000 writes: latencies by those without snapshots",
                keys);
    }

    @Override
    public List<Goal> goals() {
        return List.of(
                Goal.own(Figure.SNAPSHOT_P99, 1.4, 1.1), Goal.own(Figure.SNAPSHOT_P999, 1.2, 1.05));
    }

    @Override
    public int rounds(final int wanted) {
        return (wanted + 1) / 2;
    }

    @Override
    public Outcome measure(final Server server, final Servers servers)
            throws IOException, InterruptedException {
        try (LocalMembers often = servers.fresh(server, 0, "--snapshot-count=2000");
                LocalMembers never = servers.fresh(server, 1, "--snapshot-count=100000000")) {
            final Target with = Servers.target(often);
            final Target without = Servers.target(never);
            for (final Target target : List.of(with, without)) {
                target.load("--operation=fill", "--connections=64", "--keys=" + keys);
                load(target, servers.mode().steadySeconds() / 2);
            }
            final NoiseMeter noise = new NoiseMeter();
            final List<LoadResult> calm = new ArrayList<>();
            final List<LoadResult> busy = new ArrayList<>();
            for (int i = 0; i < TURNS; i++) {
                calm.add(load(without, servers.mode().seconds()).as("none-" + i));
                busy.add(load(with, servers.mode().seconds()).as("snapshots-" + i));
            }
            final Map<Figure, Double> figures = new EnumMap<>(Figure.class);
            figures.put(Figure.P50, median(busy, 50));
            figures.put(Figure.P99, median(busy, 99));
            figures.put(Figure.P999, median(busy, 99.9));
            figures.put(Figure.SNAPSHOT_P99, median(busy, 99) / median(calm, 99));
            figures.put(Figure.SNAPSHOT_P999, median(busy, 99.9) / median(calm, 99.9));
            final List<LoadResult> all = new ArrayList<>(busy);
            all.addAll(calm);
            return new Outcome(
                    figures,
                    all,
                    noise.stop(),
                    all.stream().mapToLong(LoadResult::errors).sum(),
                    List.of());
        }
    }

    private static double median(final List<LoadResult> runs, final double percentile) {
        return Rounds.median(runs.stream().mapToDouble(run -> run.millisAt(percentile)).toArray());
    }

    private LoadResult load(final Target target, final double seconds) throws IOException {
        return target.load(
                "--operation=put",
                "--connections=64",
                "--rate=2000",
                "--keys=" + keys,
                "--duration=" + Servers.seconds(seconds));
    }
}
