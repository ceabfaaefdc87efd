package io.larch.bench.compare;

import static io.larch.bench.compare.Goal.ratio;

import java.util.ArrayList;
import java.util.List;

/**
 * What is measured, in stages: all rounds of a stage are done before the next one begins, and each
 * begins with new servers. Goals are Larch's figures by etcd's where nothing else is said.
 */
final class Plan {
    private static final String VALUE = "--value-size=64";

    private Plan() {}

    /** All workloads, wanted or not. */
    static List<List<Experiment>> stages(final CompareContext context) {
        final Mode mode = context.mode();
        final List<List<Experiment>> stages = new ArrayList<>();
        stages.add(oneMember());
        if (context.members() > 1) {
            stages.add(cluster());
        }
        stages.add(List.of(new SnapshotExperiment(mode), new ColdExperiment()));
        stages.add(List.of(new StartExperiment(mode)));
        stages.add(List.of(new MemoryExperiment(mode)));
        stages.add(List.of(new MillionKeysExperiment(mode)));
        stages.add(List.of(new HalfLoadExperiment(mode)));
        stages.add(v3(false));
        stages.add(v3WithManyKeys(false));
        if (context.members() > 1) {
            stages.add(v3(true));
            stages.add(v3WithManyKeys(true));
        }
        return stages;
    }

    private static List<Experiment> oneMember() {
        return List.of(
                one(
                        "GET 1",
                        "get",
                        1,
                        List.of(),
                        ratio(Figure.P50, 0.7, 0.45),
                        ratio(Figure.P99, 0.7, 0.4)),
                one("quorum GET 1", "quorum-get", 1, List.of(), ratio(Figure.P50, 0.15, 0.09)),
                one(
                        "PUT 1",
                        "put",
                        1,
                        List.of(),
                        ratio(Figure.P50, 0.46, 0.4),
                        ratio(Figure.P99, 0.6, 0.45),
                        ratio(Figure.CPU, 0.35, 0.3),
                        ratio(Figure.BYTES, 1.05, 1)),
                one(
                        "PUT 64",
                        "put",
                        64,
                        List.of(),
                        ratio(Figure.RATE, 4.5, 5.2),
                        ratio(Figure.CPU, 0.15, 0.12),
                        ratio(Figure.BYTES, 0.9, 0.7)),
                one(
                        "PUT 64 of 4 KB",
                        "put",
                        64,
                        List.of("--value-size=4096"),
                        ratio(Figure.RATE, 4, 6),
                        ratio(Figure.BYTES, 1.1, 0.95)),
                one("GET 64", "get", 64, List.of(), ratio(Figure.RATE, 4.5, 5.5)),
                one(
                        "recursive GET 64",
                        "recursive-get",
                        64,
                        List.of(),
                        ratio(Figure.RATE, 3, 5),
                        ratio(Figure.P50, 0.9, 0.5),
                        ratio(Figure.CPU, 0.25, 0.15)),
                one("mix 64", "mix", 64, List.of(), ratio(Figure.RATE, 4, 5)),
                one("POST 16", "post", 16, List.of(), ratio(Figure.RATE, 2.8, 3.5)),
                one("CAS 64", "cas", 64, List.of(), ratio(Figure.RATE, 4.2, 5)),
                one(
                        "contended CAS 16",
                        "contended-cas",
                        16,
                        List.of(),
                        ratio(Figure.RATE, 2.5, 4),
                        ratio(Figure.BYTES, 1, 0.3)),
                one(
                        "watch 1",
                        "watch",
                        8,
                        List.of("--streams=1", "--rate=200"),
                        ratio(Figure.P99, 0.8, 0.5),
                        ratio(Figure.CPU, 0.5, 0.3)),
                one(
                        "watch 1000",
                        "watch",
                        8,
                        List.of("--streams=1000", "--rate=10"),
                        ratio(Figure.P50, 0.5, 0.3),
                        ratio(Figure.WRITER_P50, 0.8, 0.5),
                        ratio(Figure.CPU, 0.35, 0.2)),
                new LowRateExperiment());
    }

    private static List<Experiment> cluster() {
        return List.of(
                several("members quorum GET 1", "quorum-get", 1, ratio(Figure.P50, 0.12, 0.08)),
                several(
                        "members PUT 1",
                        "put",
                        1,
                        ratio(Figure.P50, 0.42, 0.35),
                        ratio(Figure.P99, 0.6, 0.45),
                        ratio(Figure.CPU, 0.35, 0.25)),
                several(
                        "members PUT 64",
                        "put",
                        64,
                        ratio(Figure.RATE, 5, 6.5),
                        ratio(Figure.P99, 0.35, 0.25),
                        ratio(Figure.BYTES, 1, 0.8)));
    }

    private static List<Experiment> v3(final boolean isCluster) {
        final String prefix = isCluster ? "v3 members " : "v3 ";
        final List<Experiment> all = new ArrayList<>();
        for (final int connections : new int[] {1, 64}) {
            for (final String operation :
                    List.of("v3-put", "v3-range", "v3-serializable-range", "v3-txn")) {
                all.add(
                        new LoadExperiment(
                                prefix + operation.substring(3) + " " + connections,
                                isCluster,
                                options(operation, connections, List.of())));
            }
        }
        final List<String> streams = List.of("--streams=100", "--watches=1000");
        for (final String operation : List.of("v3-watch", "v3-watch-previous")) {
            for (final int rate : new int[] {10, 200}) {
                final List<String> more = new ArrayList<>(streams);
                more.add("--rate=" + rate);
                all.add(
                        new LoadExperiment(
                                prefix + operation.substring(3) + " 1000, " + rate + "/s",
                                isCluster,
                                options(operation, 10, more)));
            }
        }
        all.add(
                new LoadExperiment(
                        prefix + "keepalive 20000/s",
                        isCluster,
                        options(
                                "v3-keepalive",
                                10,
                                List.of("--streams=100", "--leases=10000", "--rate=20000"))));
        return all;
    }

    private static List<Experiment> v3WithManyKeys(final boolean isCluster) {
        final String prefix = isCluster ? "v3 members " : "v3 ";
        final List<Experiment> all = new ArrayList<>();
        for (final int connections : new int[] {1, 64}) {
            for (final String operation : List.of("v3-list", "v3-count")) {
                all.add(
                        new LoadExperiment(
                                prefix + operation.substring(3) + " 1M " + connections,
                                isCluster,
                                options(operation, connections, List.of("--keys=1000000"))));
            }
        }
        return all;
    }

    private static Experiment one(
            final String name,
            final String operation,
            final int connections,
            final List<String> more,
            final Goal... goals) {
        final List<String> options = new ArrayList<>(List.of(VALUE));
        options.addAll(more);
        return new LoadExperiment(name, false, options(operation, connections, options), goals);
    }

    private static Experiment several(
            final String name, final String operation, final int connections, final Goal... goals) {
        return new LoadExperiment(
                name, true, options(operation, connections, List.of(VALUE)), goals);
    }

    private static List<String> options(
            final String operation, final int connections, final List<String> more) {
        final List<String> options = new ArrayList<>();
        options.add("--operation=" + operation);
        options.add("--connections=" + connections);
        options.addAll(more);
        return options;
    }
}
