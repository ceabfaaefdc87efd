package io.larch.tools.manual;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** A page of the manual about a program, from the options and commands as it has them. */
public final class CommandPage {
    private CommandPage() {}

    /**
     * The page in roff.
     *
     * @param version of the program.
     * @param summary what it is for, in a few words.
     * @param seeAlso other pages.
     */
    public static String of(
            final CommandLine root,
            final String version,
            final String summary,
            final String seeAlso) {
        final CommandSpec spec = root.getCommandSpec();
        final ManPage page = new ManPage(spec.name(), 1, version, summary);
        page.section("SYNOPSIS").verbatim(synopsis(spec));
        page.section("DESCRIPTION").text(words(spec.usageMessage().description()));
        page.section(root.getSubcommands().isEmpty() ? "OPTIONS" : "GLOBAL OPTIONS");
        options(page, spec);
        if (!root.getSubcommands().isEmpty()) {
            page.section("COMMANDS");
        }
        final Set<CommandLine> told = new HashSet<>();
        root.getSubcommands()
                .forEach(
                        (name, command) -> {
                            if (told.add(command)) {
                                command(page, command);
                            }
                        });
        page.section("EXIT STATUS");
        spec.usageMessage().exitCodeList().forEach((code, what) -> page.term(code, "", what));
        if (spec.usageMessage().footer().length > 0) {
            page.section("ENVIRONMENT").text(words(spec.usageMessage().footer()));
        }
        return page.section("SEE ALSO").text(seeAlso).toString();
    }

    private static void command(final ManPage page, final CommandLine command) {
        final CommandSpec spec = command.getCommandSpec();
        if (spec.usageMessage().hidden()) {
            return;
        }
        page.part(spec.name());
        page.verbatim(synopsis(spec));
        page.text(words(spec.usageMessage().description()));
        options(page, spec);
        command.getSubcommands().values().stream()
                .distinct()
                .map(CommandLine::getCommandSpec)
                .forEach(
                        inner -> {
                            page.term(
                                    inner.name(),
                                    "",
                                    synopsis(inner)
                                            + ": "
                                            + words(inner.usageMessage().description()));
                        });
    }

    private static String synopsis(final CommandSpec spec) {
        final String[] own = spec.usageMessage().customSynopsis();
        return own.length > 0
                ? String.join("\n", own)
                : new Help(spec, Help.defaultColorScheme(Help.Ansi.OFF)).synopsis(0).strip();
    }

    private static void options(final ManPage page, final CommandSpec spec) {
        for (final PositionalParamSpec parameter : spec.positionalParameters()) {
            if (!parameter.hidden()) {
                page.term(parameter.paramLabel(), "", words(parameter.description()));
            }
        }
        for (final OptionSpec option : spec.options()) {
            if (!option.hidden() && !option.inherited()) {
                page.term(
                        String.join(", ", option.names()),
                        option.arity().max() == 0 ? "" : option.paramLabel(),
                        words(option.description()));
            }
        }
    }

    private static String words(final String... lines) {
        return Arrays.stream(lines)
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining(" "))
                .replace("%n", " ")
                .replace("%%", "%");
    }
}
