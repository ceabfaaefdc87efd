package io.larch.bench.compare;

import io.larch.bench.load.LoadResult;
import io.larch.bench.load.ServerCpu;
import io.larch.bench.load.ServerMemory;
import io.larch.bench.members.LocalMembers;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A new member gets a million keys, and is then killed and started again. */
final class MillionKeysExperiment implements Experiment {
    private static final int KEYS = 1_000_000;
    private static final int RESTARTS = 3;
    private static final String LAST_KEY = "/v2/keys/bench/00999999";

    private final boolean isOnRequest;

    MillionKeysExperiment(final Mode mode) {
        isOnRequest = !mode.isLong();
    }

    @Override
    public boolean isOnRequest() {
        return isOnRequest;
    }

    @Override
    public String name() {
        return "million keys";
    }

    @Override
    public String description() {
        return "a million PUTs of new keys with values of 64 B on 64 connections; then kill -9 and start again, three"
                + " times, until the last key is answered";
    }

    @Override
    public List<Goal> goals() {
        return List.of(
                Goal.own(Figure.KEY_BYTES, 280, 220),
                Goal.own(Figure.LONGEST_GAP, 30, 10),
                Goal.own(Figure.SLOWEST, 60, 20),
                Goal.ratio(Figure.FIRST_ANSWER, 0.6, 0.35),
                Goal.ratio(Figure.START_CPU, 0.7, 0.4));
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
            final long before = ServerMemory.residentKib(target.pids());
            final LoadResult fill =
                    target.load(
                            "--operation=fill",
                            "--connections=64",
                            "--value-size=64",
                            "--keys=" + KEYS);
            final Map<Figure, Double> figures =
                    new EnumMap<>(LoadExperiment.figures(List.of(fill)));
            figures.put(
                    Figure.KEY_BYTES,
                    (ServerMemory.residentKib(target.pids()) - before) * 1024.0 / KEYS);
            figures.put(Figure.LONGEST_GAP, fill.timeline().longestGapNs() / 1e6);
            figures.put(Figure.SLOWEST, fill.histogram().getMaxValue() / 1e6);
            restart(members, target, figures);
            return new Outcome(
                    figures, List.of(fill.as("fill")), noise.stop(), fill.errors(), List.of());
        }
    }

    private static void restart(
            final LocalMembers members, final Target target, final Map<Figure, Double> figures)
            throws IOException, InterruptedException {
        final double[] seconds = new double[RESTARTS];
        final double[] cpuSeconds = new double[RESTARTS];
        for (int i = 0; i < RESTARTS; i++) {
            members.kill(0);
            final long begin = System.nanoTime();
            members.start(0);
            seconds[i] = Waiting.secondsUntil200(target.url() + LAST_KEY, begin);
            cpuSeconds[i] = ServerCpu.seconds(ServerCpu.ticks(members.pids()));
        }
        figures.put(Figure.FIRST_ANSWER, Rounds.median(seconds));
        figures.put(Figure.START_CPU, Rounds.median(cpuSeconds));
    }
}
