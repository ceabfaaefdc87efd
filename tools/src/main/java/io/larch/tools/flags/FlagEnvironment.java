package io.larch.tools.flags;

import io.larch.engine.member.GoText;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Gives flags that are not on the command line a value from LARCH_NAME or ETCD_NAME. */
final class FlagEnvironment {
    /** In the order in which they win. */
    private static final List<String> PREFIXES = List.of("LARCH_", "ETCD_");

    /** Not flags: read by the launcher. */
    private static final Set<String> OF_OTHERS = Set.of("LARCH_JAVA_OPTS");

    /**
     * Asked for on a command line only. Images set ETCD_VERSION to what they hold, which is no wish
     * to see it printed.
     */
    private static final Set<String> ONCE = Set.of("version", "check-config");

    private final Map<String, String> environment;
    private final List<Remark> remarks;

    FlagEnvironment(final Map<String, String> environment, final List<Remark> remarks) {
        this.environment = new TreeMap<>(environment);
        this.remarks = remarks;
    }

    /** The value of a flag's variable; empty when there is none. */
    String value(final String flagName) {
        for (final String prefix : PREFIXES) {
            final String value = environment.getOrDefault(variable(prefix, flagName), "");
            if (!value.isEmpty()) {
                return value;
            }
        }
        return "";
    }

    /** Sets all flags that have a variable and no value yet, and says so. */
    void apply(final FlagTable table, final FlagSet flags) throws ExitException {
        final Set<String> known = new HashSet<>(OF_OTHERS);
        for (final Flag flag : table.sorted()) {
            if (ONCE.contains(flag.name())) {
                continue;
            }
            apply(flag, flags, known);
        }
        environment.forEach(
                (variable, value) -> {
                    if (PREFIXES.stream().anyMatch(variable::startsWith)
                            && !known.contains(variable)) {
                        remarks.add(
                                Remark.warning(
                                        "unrecognized environment variable "
                                                + variable
                                                + "="
                                                + Secrets.masked(variable, value)));
                    }
                });
    }

    private void apply(final Flag flag, final FlagSet flags, final Set<String> known)
            throws ExitException {
        String shadow = flags.isSet(flag.name()) ? "corresponding flag " : null;
        for (final String prefix : PREFIXES) {
            final String variable = variable(prefix, flag.name());
            known.add(variable);
            final String value = environment.getOrDefault(variable, "");
            if (value.isEmpty()) {
                continue;
            }
            if (shadow != null) {
                remarks.add(
                        Remark.info(
                                "recognized environment variable "
                                        + variable
                                        + ", but unused: shadowed by "
                                        + shadow));
                continue;
            }
            use(flag, flags, variable, value);
            shadow = variable;
        }
    }

    private void use(
            final Flag flag, final FlagSet flags, final String variable, final String value)
            throws ExitException {
        try {
            flags.set(flag, value, Origin.variable(variable));
        } catch (final IllegalArgumentException e) {
            throw ExitException.critical(
                    "invalid value "
                            + GoText.quoted(value)
                            + " for "
                            + variable
                            + ": "
                            + e.getMessage());
        }
        remarks.add(
                Remark.info(
                        "recognized and used environment variable "
                                + variable
                                + "="
                                + Secrets.masked(variable, value)));
    }

    private static String variable(final String prefix, final String flagName) {
        return prefix + flagName.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
