package io.larch.bench.compare;

import io.larch.bench.load.LoadResult;
import io.larch.bench.members.LocalMembers;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The slowest request of many minutes, at half of what the same server does when it is never left
 * alone: snapshots, new files of the log, collections and compilations all come by.
 */
final class HalfLoadExperiment implements Experiment {
    private final double seconds;
    private final boolean isOnRequest;

    HalfLoadExperiment(final Mode mode) {
        seconds = mode.halfLoadSeconds();
        isOnRequest = !mode.isLong();
    }

    @Override
    public String name() {
        return "half load";
    }

    @Override
    public boolean isOnRequest() {
        return isOnRequest;
    }

    @Override
    public String description() {
        return String.format(
                Locale.ROOT,
                "PUT on 64 connections for %.0f s at half of the server's own rate of a closed loop, 10,000 keys%s",
                seconds,
                seconds < Mode.FULL.halfLoadSeconds() ? " (the goal is for ten minutes)" : "");
    }

    @Override
    public List<Goal> goals() {
        return List.of(Goal.own(Figure.SLOWEST, 40, 15));
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
            load(target, servers.mode().steadySeconds());
            final LoadResult full = load(target, servers.mode().steadySeconds());
            final NoiseMeter noise = new NoiseMeter();
            final LoadResult half =
                    load(target, seconds, "--rate=" + Math.round(full.ratePerSecond() / 2));
            final Map<Figure, Double> figures =
                    new EnumMap<>(LoadExperiment.figures(List.of(half)));
            figures.put(Figure.SLOWEST, half.histogram().getMaxValue() / 1e6);
            return new Outcome(
                    figures,
                    List.of(half.as("half"), full.as("full")),
                    noise.stop(),
                    half.errors() + full.errors(),
                    List.of());
        }
    }

    private static LoadResult load(
            final Target target, final double seconds, final String... options) throws IOException {
        final String[] all = new String[options.length + 4];
        all[0] = "--operation=put";
        all[1] = "--connections=64";
        all[2] = "--value-size=64";
        all[3] = "--duration=" + Servers.seconds(seconds);
        System.arraycopy(options, 0, all, 4, options.length);
        return target.load(all);
    }
}
