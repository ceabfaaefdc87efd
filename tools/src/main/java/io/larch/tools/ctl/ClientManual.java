package io.larch.tools.ctl;

import io.larch.tools.bootstrap.discovery.JndiSrvLookup;
import io.larch.tools.flags.LarchVersion;
import io.larch.tools.manual.ManPage;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The page larchctl(1) of the manual, from the commands as the program has them. */
public final class ClientManual {
    private ClientManual() {}

    /** The page in roff. */
    public static String page() {
        final PrintWriter nowhere = new PrintWriter(new StringWriter());
        final CommandLine root =
                Larchctl.commandLine(
                        new Session(
                                InputStream.nullInputStream(),
                                nowhere,
                                nowhere,
                                name -> null,
                                new JndiSrvLookup()));
        final CommandSpec spec = root.getCommandSpec();
        final ManPage page =
                new ManPage(
                        "larchctl",
                        1,
                        LarchVersion.larch(),
                        "keys, members, users and roles of a cluster of Larch or etcd");
        page.section("SYNOPSIS").verbatim(synopsis(spec));
        page.section("DESCRIPTION").text(words(spec.usageMessage().description()));
        page.section("GLOBAL OPTIONS");
        options(page, spec);
        page.section("COMMANDS");
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
        page.section("ENVIRONMENT").text(words(spec.usageMessage().footer()));
        return page.section("SEE ALSO").text("larchd(8)").toString();
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
