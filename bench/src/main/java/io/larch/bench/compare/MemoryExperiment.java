package io.larch.bench.compare;

import io.larch.bench.load.LoadResult;
import io.larch.bench.load.ServerMemory;
import io.larch.bench.members.LocalMembers;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The memory of a new member that has been under load for a while. */
final class MemoryExperiment implements Experiment {
    private final double seconds;

    MemoryExperiment(final Mode mode) {
        seconds = mode.memorySeconds();
    }

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public String description() {
        return String.format(
                Locale.ROOT,
                "resident memory of a new member after %.0f s of PUT on 64 connections, 10,000 keys%s",
                seconds,
                seconds < 60 ? " (the goal is for a minute)" : "");
    }

    @Override
    public List<Goal> goals() {
        return List.of(Goal.own(Figure.RESIDENT, 140, 110));
    }

    @Override
    public int rounds(final int wanted) {
        return 1;
    }

    @Override
    public Outcome measure(final Server server, final Servers servers)
            throws IOException, InterruptedException {
        try (LocalMembers members = servers.fresh(server, 0)) {
            final Target target = Servers.target(members);
            final NoiseMeter noise = new NoiseMeter();
            final LoadResult run =
                    target.load(
                            "--operation=put",
                            "--connections=64",
                            "--value-size=64",
                            "--duration=" + Servers.seconds(seconds));
            final Map<Figure, Double> figures = new EnumMap<>(LoadExperiment.figures(List.of(run)));
            figures.put(Figure.RESIDENT, ServerMemory.residentKib(target.pids()) / 1024.0);
            return new Outcome(figures, List.of(run), noise.stop(), run.errors(), List.of());
        }
    }
}
