package io.larch.bench.compare;

import io.larch.bench.load.LoadResult;
import io.larch.bench.members.LocalMembers;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The first writes of a member that has just become ready, beside its own later ones. */
final class ColdExperiment implements Experiment {
    private static final List<String> PUT = List.of("--operation=put", "--connections=1");

    @Override
    public String name() {
        return "cold";
    }

    @Override
    public String description() {
        return "the first 1,000 PUTs of a new member on one connection: their p50 by that of the same member when it"
                + " is warm";
    }

    @Override
    public List<Goal> goals() {
        return List.of(Goal.own(Figure.COLD, 1.5, 1.15));
    }

    @Override
    public Outcome measure(final Server server, final Servers servers)
            throws IOException, InterruptedException {
        final Mode mode = servers.mode();
        try (LocalMembers members = servers.fresh(server, 0)) {
            final Target target = Servers.target(members);
            final NoiseMeter noise = new NoiseMeter();
            final LoadResult cold = load(target, "--requests=1000", "--duration=60");
            load(target, "--duration=" + Servers.seconds(mode.steadySeconds()));
            final LoadResult steady = load(target, "--duration=" + Servers.seconds(mode.seconds()));
            final Map<Figure, Double> figures = new EnumMap<>(Figure.class);
            figures.put(Figure.P50, cold.millisAt(50));
            figures.put(Figure.P99, cold.millisAt(99));
            figures.put(Figure.COLD, cold.millisAt(50) / steady.millisAt(50));
            return new Outcome(
                    figures,
                    List.of(cold.as("cold"), steady.as("steady")),
                    noise.stop(),
                    cold.errors() + steady.errors(),
                    List.of());
        }
    }

    private static LoadResult load(final Target target, final String... more) throws IOException {
        final List<String> options = new java.util.ArrayList<>(PUT);
        options.addAll(List.of(more));
        return target.load(options.toArray(String[]::new));
    }
}
