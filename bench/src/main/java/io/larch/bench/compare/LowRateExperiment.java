package io.larch.bench.compare;

import io.larch.bench.load.LoadResult;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What a request costs when there are few, beside what it costs when they come without a pause. */
final class LowRateExperiment implements Experiment {
    /** CPU time is counted in hundredths of a second, of which few requests take few. */
    private static final int TIMES_LONGER = 4;

    @Override
    public String name() {
        return "low rate";
    }

    @Override
    public String description() {
        return "200 PUT/s on one connection: CPU a request by that of a closed loop on one connection";
    }

    @Override
    public List<Goal> goals() {
        return List.of(Goal.own(Figure.LOW_RATE_CPU, 3.5, 2));
    }

    @Override
    public Outcome measure(final Server server, final Servers servers)
            throws IOException, InterruptedException {
        final double seconds = servers.mode().seconds();
        final Target target = servers.shared(server, 1);
        final NoiseMeter noise = new NoiseMeter();
        final LoadResult full =
                target.load(
                        "--operation=put",
                        "--connections=1",
                        "--duration=" + Servers.seconds(seconds));
        final LoadResult low =
                target.load(
                        "--operation=put",
                        "--connections=1",
                        "--rate=200",
                        "--duration=" + Servers.seconds(TIMES_LONGER * seconds));
        final Map<Figure, Double> figures = new EnumMap<>(LoadExperiment.figures(List.of(low)));
        figures.put(Figure.LOW_RATE_CPU, low.cpuMicrosEach() / full.cpuMicrosEach());
        return new Outcome(
                figures,
                List.of(low.as("low"), full.as("full")),
                noise.stop(),
                low.errors() + full.errors(),
                List.of());
    }
}
