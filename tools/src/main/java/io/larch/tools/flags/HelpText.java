package io.larch.tools.flags;

import java.util.List;

/** What --help prints. */
final class HelpText {
    static final String USAGE =
            """
            usage: larchd [flags]
                   start a member of a Larch cluster

                   larchd --check-config [flags]
                   print each setting, where it comes from, and what is wrong

                   larchd doctor [--output simple|json] [flags]
                   look at what of this machine would trouble such a member

                   larchd --version
                   print the version

                   larchd -h | --help
                   print all flags
            """;

    private static final String PRECEDENCE =
            """

            A flag may be written -flag or --flag. Each can also be given by a variable of the
            environment, LARCH_ or ETCD_ with the flag's name in capitals: LARCH_DATA_DIR. A flag
            wins over both, LARCH_ over ETCD_. LARCH_JAVA_OPTS is given to the Java machine.
            """;

    private final FlagTable table;

    HelpText(final FlagTable table) {
        this.table = table;
    }

    /** Usage and all flags. */
    String full() {
        final StringBuilder text = new StringBuilder(USAGE).append(PRECEDENCE);
        table.sections()
                .forEach(
                        (title, flags) -> {
                            if (title.isEmpty()) {
                                withoutEffect(text, flags);
                            } else {
                                section(text, title, flags);
                            }
                        });
        return text.toString();
    }

    private static void section(
            final StringBuilder text, final String title, final List<Flag> flags) {
        text.append('\n').append(title).append(":\n");
        for (final Flag flag : flags) {
            text.append("\n\t--").append(flag.name()).append(' ').append(argument(flag));
            text.append("\n\t\t").append(flag.help());
        }
        text.append('\n');
    }

    private static String argument(final Flag flag) {
        final String fallback = "'" + flag.fallback() + "'";
        return flag.choices().isEmpty()
                ? fallback
                : fallback + " (" + String.join(", ", flag.choices()) + ")";
    }

    private static void withoutEffect(final StringBuilder text, final List<Flag> flags) {
        text.append("\nAccepted with a warning, without effect:\n\n");
        flags.stream()
                .filter(flag -> flag.treatment() != Flag.Treatment.REFUSED)
                .forEach(flag -> text.append("\t--").append(flag.name()).append('\n'));
    }
}
