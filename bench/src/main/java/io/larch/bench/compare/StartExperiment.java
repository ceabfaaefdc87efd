package io.larch.bench.compare;

import io.larch.bench.load.ServerCpu;
import io.larch.bench.load.ServerMemory;
import io.larch.bench.members.LocalMembers;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A new member starts, and is then left alone. */
final class StartExperiment implements Experiment {
    /** Until what a start leaves to be done is done. */
    private static final long SETTLE_MS = 3_000;

    private final double idleSeconds;

    StartExperiment(final Mode mode) {
        idleSeconds = mode.idleSeconds();
    }

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String description() {
        return String.format(
                Locale.ROOT,
                "from the start of the process to the first 200 on /version; 3 s later its CPU over %.0f s without any"
                        + " request, and its memory",
                idleSeconds);
    }

    @Override
    public List<Goal> goals() {
        return List.of(
                Goal.own(Figure.FIRST_ANSWER, 0.45, 0.25),
                Goal.own(Figure.IDLE_CPU, 0.5, 0.3),
                Goal.own(Figure.IDLE_RESIDENT, 80, 60));
    }

    @Override
    public int rounds(final int wanted) {
        return (wanted + 1) / 2;
    }

    @Override
    public Outcome measure(final Server server, final Servers servers)
            throws IOException, InterruptedException {
        servers.stopShared();
        final NoiseMeter noise = new NoiseMeter();
        final Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        final long beginNs = System.nanoTime();
        try (LocalMembers members = servers.fresh(server, 0)) {
            figures.put(
                    Figure.FIRST_ANSWER,
                    Waiting.secondsUntil200(members.clientUrl(0) + "/version", beginNs));
            figures.put(Figure.START_CPU, ServerCpu.seconds(ServerCpu.ticks(members.pids())));
            Thread.sleep(SETTLE_MS);
            final long ticks = ServerCpu.ticks(members.pids());
            Thread.sleep((long) (idleSeconds * 1000));
            figures.put(
                    Figure.IDLE_CPU,
                    100 * ServerCpu.seconds(ServerCpu.ticks(members.pids()) - ticks) / idleSeconds);
            figures.put(Figure.IDLE_RESIDENT, ServerMemory.residentKib(members.pids()) / 1024.0);
            return new Outcome(figures, List.of(), noise.stop(), 0, List.of());
        }
    }
}
