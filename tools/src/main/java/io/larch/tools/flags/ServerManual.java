package io.larch.tools.flags;

import io.larch.tools.manual.ManPage;
import java.util.List;
import java.util.stream.Collectors;

/** The page larchd(8) of the manual, from the table of flags. */
public final class ServerManual {
    private ServerManual() {}

    /** The page in roff. */
    public static String page() {
        final ManPage page =
                new ManPage(
                        "larchd",
                        8,
                        LarchVersion.larch(),
                        "member of a replicated key-value store with the APIs of etcd 2 and 3");
        page.section("SYNOPSIS")
                .verbatim(
                        """
                        larchd [flags]
                        larchd --check-config [flags]
                        larchd doctor [--output simple|json] [flags]
                        larchd --version
                        larchd --help""");
        page.section("DESCRIPTION")
                .text(
                        "Starts a member of a Larch cluster, or with --proxy a forwarder to one."
                                + " Flags are those of etcd 2.3, 3.4 and 3.5, and some of Larch's own.")
                .text(
                        "A flag may be written -flag or --flag, and given by a variable of the"
                                + " environment: LARCH_ or ETCD_ with the flag's name in capitals,"
                                + " LARCH_DATA_DIR. A flag wins over both, LARCH_ over ETCD_. With"
                                + " --config-file a file of YAML takes the place of all of them.")
                .text(
                        "With --check-config each setting is printed with where it comes from,"
                                + " and what would keep the member from starting. doctor looks at"
                                + " what of the machine would trouble it.");
        page.section("OPTIONS");
        new FlagTable().sections().forEach((title, flags) -> section(page, title, flags));
        page.section("EXIT STATUS")
                .term("0", "", "help was printed, or the member was removed from its cluster")
                .term("1", "", "it cannot start, or failed; of doctor, it found a problem")
                .term("2", "", "a flag cannot be read")
                .term("130, 143", "", "it was ended by SIGINT or SIGTERM");
        page.section("ENVIRONMENT")
                .term("LARCH_JAVA_OPTS", "", "more options for the Java machine")
                .term("JAVA_HOME", "", "the Java to use, 17 or newer");
        page.section("FILES")
                .term("/etc/default/larch", "", "environment of larch.service")
                .term("/var/lib/larch", "", "data of larch.service");
        return page.section("SEE ALSO").text("larchctl(1)").toString();
    }

    private static void section(final ManPage page, final String title, final List<Flag> flags) {
        if (title.isEmpty()) {
            page.part("Accepted with a warning, without effect")
                    .text(
                            flags.stream()
                                    .filter(flag -> flag.treatment() != Flag.Treatment.REFUSED)
                                    .map(flag -> "--" + flag.name())
                                    .sorted()
                                    .collect(Collectors.joining(", ")));
            return;
        }
        page.part(title);
        for (final Flag flag : flags) {
            page.term("--" + flag.name(), argument(flag), meaning(flag));
        }
    }

    private static String argument(final Flag flag) {
        return switch (flag.kind()) {
            case BOOL -> "";
            case CHOICE -> String.join("|", flag.choices());
            case NUMBER, NUMBER_32, SIGNED -> "NUMBER";
            case DURATION -> "TIME";
            case URLS -> "URL[,URL...]";
            case CPU -> "CPU";
            case CPUS -> "CPU[-CPU][,CPU...]";
            case LIST -> "TEXT[,TEXT...]";
            case ADDRESS -> "IP:PORT";
            case STRING -> "TEXT";
        };
    }

    private static String meaning(final Flag flag) {
        final boolean isTold = !flag.fallback().isEmpty() && !flag.fallback().equals("false");
        return flag.help() + (isTold ? ". Default: " + flag.fallback() : "");
    }
}
