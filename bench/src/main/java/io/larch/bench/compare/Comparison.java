package io.larch.bench.compare;

import io.larch.bench.load.Machine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Runs what is wanted, round by round, and writes the report. */
final class Comparison {
    private final CompareContext context;
    private final List<Result> results = new ArrayList<>();
    private boolean isComplete = true;

    Comparison(final CompareContext context) {
        this.context = context;
    }

    /** Returns whether all that is wanted was measured. */
    boolean run() throws IOException, InterruptedException {
        final List<List<Experiment>> stages =
                Plan.stages(context).stream()
                        .map(stage -> stage.stream().filter(context::isWanted).toList())
                        .filter(stage -> !stage.isEmpty())
                        .toList();
        if (stages.isEmpty()) {
            System.err.println("bench-compare: no workload has such a name; --list prints them");
            return false;
        }
        final String machine = Machine.describe();
        final List<String> versions =
                List.of(
                        "Larch: " + firstLine(context.command(Server.LARCH), "--version"),
                        "etcd: " + firstLine(context.command(Server.ETCD), "--version"));
        final String commit = commit();
        final String date = LocalDate.now(ZoneOffset.UTC).toString();
        // Rather now than when all is done.
        Files.createDirectories(context.reports());
        final Thread end = new Thread(Comparison::endChildren);
        Runtime.getRuntime().addShutdownHook(end);
        final Surroundings surroundings;
        try (Servers servers = new Servers(context)) {
            for (final List<Experiment> stage : stages) {
                runStage(stage, servers);
                servers.stopShared();
            }
            surroundings =
                    new Surroundings(
                            date,
                            commit,
                            machine,
                            versions,
                            context.arguments(),
                            context.mode(),
                            List.copyOf(servers.commands()));
        }
        final Path directory = ReportDirectory.create(context.reports(), date + "-" + commit);
        ReportDirectory.write(directory, results, surroundings);
        final Summary summary = new Summary(results);
        System.out.println();
        System.out.print(summary.goals().markdown());
        System.out.println();
        System.out.println(summary.verdict());
        summary.warnings().forEach(System.out::println);
        System.out.println(directory);
        return isComplete;
    }

    /** Who is interrupted leaves no servers behind. */
    private static void endChildren() {
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    }

    private void runStage(final List<Experiment> stage, final Servers servers)
            throws InterruptedException {
        final List<Result> ofStage = stage.stream().map(Result::new).toList();
        results.addAll(ofStage);
        final int rounds = context.mode().rounds();
        for (int round = 0; round < rounds; round++) {
            for (final Result result : ofStage) {
                if (round < result.experiment().rounds(rounds)) {
                    for (final Server server : order(round)) {
                        measure(result, server, round, servers);
                    }
                }
            }
        }
    }

    /** Each round begins with the other one. */
    static List<Server> order(final int round) {
        return round % 2 == 0
                ? List.of(Server.LARCH, Server.ETCD)
                : List.of(Server.ETCD, Server.LARCH);
    }

    /** A server that breaks down under one load is measured by the others all the same. */
    private void measure(
            final Result result, final Server server, final int round, final Servers servers)
            throws InterruptedException {
        final Experiment experiment = result.experiment();
        final long beginNs = System.nanoTime();
        try {
            final Outcome outcome = experiment.measure(server, servers);
            result.add(server, outcome);
            System.out.println(line(experiment, server, round, outcome, beginNs));
        } catch (final IOException | IllegalStateException e) {
            isComplete = false;
            result.addFailure(server, e);
            System.out.println(experiment.name() + ", " + server.title() + ": " + e);
        }
    }

    private static String line(
            final Experiment experiment,
            final Server server,
            final int round,
            final Outcome outcome,
            final long beginNs) {
        final StringBuilder text =
                new StringBuilder(
                        String.format(
                                Locale.ROOT,
                                "%s, round %d, %s (%d s):",
                                experiment.name(),
                                round + 1,
                                server.title(),
                                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beginNs)));
        outcome.figures()
                .forEach(
                        (figure, value) ->
                                text.append(' ')
                                        .append(figure.titleAndUnit())
                                        .append(' ')
                                        .append(figure.text(value))
                                        .append(';'));
        if (outcome.errors() > 0) {
            text.append(' ').append(outcome.errors()).append(" errors;");
        }
        return text.append(outcome.noise().isDisturbing() ? " disturbed" : "").toString();
    }

    private String commit() throws IOException {
        final String home = context.home().toString();
        final String commit = firstLine("git", "-C", home, "rev-parse", "--short", "HEAD");
        final String changed =
                firstLine("git", "-C", home, "status", "--porcelain", "--untracked-files=no");
        if (commit.isEmpty()) {
            return "unknown";
        }
        return changed.isEmpty() ? commit : commit + "-changed";
    }

    private static String firstLine(final String... command) throws IOException {
        final Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        final String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return output.lines().findFirst().orElse("").trim();
    }
}
