package io.larch.tools.flags;

import io.larch.tools.flags.Flag.Treatment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What each flag is and where that comes from, for people: flags that mean something here, and
 * those that were given although they do not. Passwords are not shown.
 */
public final class Settings {
    /** What to do instead of starting, and where the rest was read from. */
    private static final Set<String> NO_SETTINGS = Set.of("check-config", "config-file", "version");

    private static final int VALUE_COLUMN = 2;
    private static final int ORIGIN_COLUMN = 64;

    private final FlagTable table;
    private final FlagSet flags;

    Settings(final FlagTable table, final FlagSet flags) {
        this.table = table;
        this.flags = flags;
    }

    /** A line each, without its end: {@code name = infra1 # ETCD_NAME}. */
    public List<String> lines() {
        final List<String> lines = new ArrayList<>();
        for (final Flag flag : table.sorted()) {
            if (isShown(flag)) {
                lines.add(line(flag));
            }
        }
        return lines;
    }

    private boolean isShown(final Flag flag) {
        return !NO_SETTINGS.contains(flag.name())
                && (flags.isSet(flag.name()) || isNeeded(flag.name(), flag.treatment()));
    }

    /** The addresses of etcd 0.4, and what is deprecated, only when somebody uses them. */
    private static boolean isNeeded(final String name, final Treatment treatment) {
        return treatment == Treatment.USED
                && !FlagTable.OLD_NAMES.contains(name)
                && !name.startsWith("experimental-");
    }

    private String line(final Flag flag) {
        final StringBuilder line = new StringBuilder(flag.name()).append(" = ");
        line.append(Secrets.masked(flag.name(), value(flag.name())));
        line.append(" ".repeat(Math.max(VALUE_COLUMN, ORIGIN_COLUMN - line.length())));
        line.append("# ").append(flags.origin(flag.name()));
        if (flag.treatment() != Treatment.USED) {
            line.append(", no effect");
        }
        return line.toString();
    }

    /** With what is made up of other flags where one was not given. */
    private String value(final String name) {
        final String text = flags.text(name);
        if (!text.isEmpty()) {
            return text;
        }
        return switch (name) {
            case "data-dir" -> flags.text("name") + ".etcd";
            case "wal-dir" -> value("data-dir") + "/member/wal";
            default -> text;
        };
    }
}
