package io.larch.bench.compare;

import java.util.Set;
import java.util.TreeSet;

/** The report to be read as text. */
final class MarkdownReport {
    private MarkdownReport() {}

    static String text(final Summary summary, final Surroundings surroundings) {
        final StringBuilder text = new StringBuilder();
        text.append("# ").append(surroundings.title()).append("\n\n");
        text.append("Again: `").append(surroundings.command()).append("`. ");
        text.append("Charts: [report.html](report.html).\n\n");
        text.append(summary.verdict()).append("\n\n");
        summary.warnings().forEach(warning -> text.append("* ").append(warning).append('\n'));
        text.append("\n## Goals\n\n").append(summary.goals().markdown());
        text.append("\n## All figures, Larch / etcd\n\n").append(summary.figures().markdown());
        text.append("\n## Conditions\n\n").append(summary.conditions().markdown());
        text.append('\n').append(Surroundings.METHOD);
        text.append("\n## Machine\n\n```\n").append(surroundings.machine());
        surroundings.versions().forEach(version -> text.append(version).append('\n'));
        text.append("```\n\n## Commands\n\nServers:\n\n```\n");
        surroundings.servers().forEach(command -> text.append(command).append('\n'));
        text.append("```\n\nLoads, without what else the comparison does:\n\n```\n");
        commands(summary).forEach(command -> text.append(command).append('\n'));
        return text.append("```\n").toString();
    }

    private static Set<String> commands(final Summary summary) {
        final Set<String> commands = new TreeSet<>();
        for (final Result result : summary.results()) {
            for (final Server server : Server.values()) {
                result.outcomes(server).forEach(outcome -> commands.addAll(outcome.commands()));
            }
        }
        return commands;
    }
}
