package io.larch.bench.compare;

import io.larch.bench.load.LoadContext;
import io.larch.bench.load.LoadResult;
import io.larch.bench.load.ServerDisk;
import io.larch.bench.load.ServerMemory;
import io.larch.bench.load.Workload;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** A warm server, or a warm cluster by its leader, under one load. */
final class LoadExperiment implements Experiment {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private static final int WARM_EVENTS = 50_000;

    private final String name;
    private final boolean isCluster;
    private final List<String> options;
    private final List<Goal> goals;

    /**
     * @param isCluster whether of several members.
     * @param options of the load generator.
     */
    LoadExperiment(
            final String name,
            final boolean isCluster,
            final List<String> options,
            final Goal... goals) {
        this.name = name;
        this.isCluster = isCluster;
        this.options = options;
        this.goals = List.of(goals);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        return (isCluster ? "several members, load on the leader: " : "one member: ")
                + String.join(" ", options);
    }

    @Override
    public List<Goal> goals() {
        return goals;
    }

    /** Of the load generator. */
    List<String> options() {
        return options;
    }

    @Override
    public boolean isOnRequest() {
        return name.startsWith("v3");
    }

    @Override
    public Outcome measure(final Server server, final Servers servers)
            throws IOException, InterruptedException {
        final Mode mode = servers.mode();
        final Target target = servers.shared(server, isCluster ? servers.members() : 1);
        final List<String> all = new ArrayList<>(options);
        all.add("--duration=" + Servers.seconds(mode.seconds()));
        all.add("--warmup=" + Servers.seconds(mode.warmupSeconds()));
        final String command = target.command(all);
        final LoadContext asked = target.context(all);
        boolean areKeysWritten = asked.needsKeys() && !servers.isFirst(server, preparation(asked));
        if (servers.isFirst(server, "warm: " + name)) {
            warm(target, mode.compileSeconds() / 2, areKeysWritten);
            areKeysWritten = true;
        }
        all.add("--written=" + areKeysWritten);
        final LoadContext context = target.context(all);
        try (Workload workload = Workload.of(context)) {
            workload.prepare();
            workload.run(context.warmupSeconds());
            final NoiseMeter noise = new NoiseMeter();
            final long generatorNs = THREADS.getCurrentThreadCpuTime();
            final long bytes = ServerDisk.writtenBytes(target.pids());
            final List<LoadResult> runs = workload.run(context.durationSeconds());
            final Map<Figure, Double> figures = figures(runs);
            final double count = Math.max(1, runs.get(0).count());
            figures.put(Figure.BYTES, (ServerDisk.writtenBytes(target.pids()) - bytes) / count);
            figures.put(
                    Figure.GENERATOR_CPU,
                    (THREADS.getCurrentThreadCpuTime() - generatorNs)
                            / 1e3
                            / Math.max(1, runs.get(0).histogram().getTotalCount()));
            figures.put(Figure.RESIDENT, ServerMemory.residentKib(target.pids()) / 1024.0);
            return new Outcome(
                    figures,
                    runs,
                    noise.stop(),
                    runs.stream().mapToLong(LoadResult::errors).sum(),
                    List.of(command));
        }
    }

    /**
     * Java has yet to compile what it has not done before; by few requests a second it never does.
     */
    private void warm(final Target target, final double seconds, final boolean areKeysWritten)
            throws IOException {
        final LoadContext context = target.context(options);
        final List<String> all = new ArrayList<>(options);
        all.add("--duration=" + Servers.seconds(seconds));
        all.add("--written=" + areKeysWritten);
        if (context.rate() > 0) {
            all.add("--rate=" + warmRate(context));
        }
        target.load(all.toArray(String[]::new));
    }

    /** Ten times as much, but no more events than any server keeps up with. */
    static int warmRate(final LoadContext context) {
        final int hearing =
                context.operation() == LoadContext.Operation.WATCH
                        ? context.streams()
                        : context.watches();
        return Math.max(context.rate(), Math.min(10 * context.rate(), WARM_EVENTS / hearing));
    }

    /** What has to be there before, which stays for others. */
    private static String preparation(final LoadContext context) {
        return context.operation() == LoadContext.Operation.RECURSIVE_GET
                ? "tree"
                : (context.operation().name().startsWith("V3") ? "v3 " : "v2 ") + context.keys();
    }

    /** Of runs with several parts the first is what is asked for, and one is the writer's. */
    static Map<Figure, Double> figures(final List<LoadResult> runs) {
        final Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        final LoadResult main = runs.get(0);
        figures.put(Figure.RATE, main.ratePerSecond());
        figures.put(Figure.P50, main.millisAt(50));
        figures.put(Figure.P99, main.millisAt(99));
        figures.put(Figure.P999, main.millisAt(99.9));
        figures.put(Figure.CPU, main.cpuMicrosEach());
        runs.stream()
                .filter(run -> "put".equals(run.part()))
                .forEach(run -> figures.put(Figure.WRITER_P50, run.millisAt(50)));
        return figures;
    }
}
