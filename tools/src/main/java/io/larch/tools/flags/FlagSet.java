package io.larch.tools.flags;

import io.larch.engine.member.GoText;
import io.larch.tools.flags.Flag.Treatment;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Values of flags, read from a command line by the rules of Go's flag package: one dash or two,
 * {@code -flag value} or {@code -flag=value}, booleans only {@code -flag} or {@code -flag=value}.
 */
final class FlagSet {
    private final FlagTable table;
    private final List<Remark> remarks;
    private final Map<String, String> values = new HashMap<>();
    private final Map<String, Origin> origins = new HashMap<>();
    private final Map<String, String> fallbacks = new HashMap<>();
    private final Set<String> warned = new HashSet<>();
    private final List<String> positional = new ArrayList<>();

    /**
     * @param remarks gets a line for each flag that has no effect.
     */
    FlagSet(final FlagTable table, final List<Remark> remarks) {
        this.table = table;
        this.remarks = remarks;
    }

    /** Reads a command line without the program's name. */
    void parse(final List<String> arguments) throws ExitException {
        int next = 0;
        while (next < arguments.size()) {
            final String argument = arguments.get(next);
            if (argument.length() < 2 || argument.charAt(0) != '-') {
                break;
            }
            next++;
            if (argument.equals("--")) {
                break;
            }
            next += parseFlag(argument, arguments, next);
        }
        positional.addAll(arguments.subList(next, arguments.size()));
    }

    /** Returns how many arguments behind the flag were its value. */
    private int parseFlag(final String argument, final List<String> arguments, final int next)
            throws ExitException {
        final String text = argument.substring(argument.startsWith("--") ? 2 : 1);
        if (text.isEmpty() || text.charAt(0) == '-' || text.charAt(0) == '=') {
            throw usage("bad flag syntax: " + argument);
        }
        final int equals = text.indexOf('=');
        final String name = equals < 0 ? text : text.substring(0, equals);
        final Flag flag = table.get(name);
        if (flag == null) {
            if (name.equals("help") || name.equals("h")) {
                throw ExitException.print(new HelpText(table).full());
            }
            throw usage("flag provided but not defined: -" + name);
        }
        if (equals >= 0) {
            setFromCommandLine(flag, text.substring(equals + 1));
            return 0;
        }
        if (flag.isBoolean()) {
            setFromCommandLine(flag, "true");
            return 0;
        }
        if (next == arguments.size()) {
            throw usage("flag needs an argument: -" + name);
        }
        setFromCommandLine(flag, arguments.get(next));
        return 1;
    }

    private void setFromCommandLine(final Flag flag, final String value) throws ExitException {
        try {
            set(flag, value, Origin.flag(flag));
        } catch (final IllegalArgumentException e) {
            final String what =
                    flag.isBoolean()
                            ? "invalid boolean value " + GoText.quoted(value) + " for -"
                            : "invalid value " + GoText.quoted(value) + " for flag -";
            throw usage(what + flag.name() + ": " + e.getMessage());
        }
    }

    private ExitException usage(final String message) {
        return ExitException.usage(message, HelpText.USAGE);
    }

    /**
     * Sets a flag, wherever the value comes from.
     *
     * @throws IllegalArgumentException with what is wrong with the value.
     */
    void set(final Flag flag, final String value, final Origin origin) {
        flag.check(value);
        values.put(flag.name(), value);
        origins.put(flag.name(), origin);
        if (warned.add(flag.name())) {
            if (flag.treatment() == Treatment.OBSOLETE) {
                remarks.add(
                        Remark.warning(
                                "flag \"-"
                                        + flag.name()
                                        + "\" is no longer supported - ignoring."));
            } else if (flag.treatment() == Treatment.FOREIGN) {
                remarks.add(
                        Remark.warning("flag \"-" + flag.name() + "\" has no effect in Larch."));
            }
        }
    }

    /** Where the value comes from. */
    Origin origin(final String name) {
        return origins.getOrDefault(name, Origin.DEFAULT);
    }

    /** Where in files these flags stand, in parentheses behind a space; empty if in none. */
    String places(final String... names) {
        final String places =
                Arrays.stream(names)
                        .map(this::origin)
                        .filter(origin -> origin.kind() == Origin.Kind.FILE)
                        .map(Origin::place)
                        .distinct()
                        .collect(Collectors.joining(", "));
        return places.isEmpty() ? "" : " (" + places + ")";
    }

    /** Refuses what can be read but does not go together, or is out of bounds. */
    ExitException contradiction(final String problem, final String... names) {
        return ExitException.verification(problem + places(names));
    }

    /** Whether the flag was given a value, even its default. */
    boolean isSet(final String name) {
        return values.containsKey(name);
    }

    /** The value given, or the default. */
    String text(final String name) {
        final String value = values.getOrDefault(name, "");
        if (!value.isEmpty() || isSet(name) && table.get(name).kind() != FlagKind.URLS) {
            return value;
        }
        return fallbacks.getOrDefault(name, table.get(name).fallback());
    }

    /** Forgets a value that was given. */
    void clear(final String name) {
        values.remove(name);
        origins.remove(name);
    }

    /** Changes what a flag is when it was given no value. */
    void fallback(final String name, final String value) {
        fallbacks.put(name, value);
    }

    boolean isTrue(final String name) {
        return FlagKind.isTrue(text(name));
    }

    /**
     * The value of a number.
     *
     * @throws ExitException if it is above a limit.
     */
    long number(final String name, final long limit) throws ExitException {
        final BigInteger number = number(name);
        if (number.compareTo(BigInteger.valueOf(limit)) > 0) {
            throw contradiction(
                    "-" + name + " is too large: " + text(name) + ", at most " + limit, name);
        }
        return number.longValue();
    }

    /** The value of a number, however large. */
    BigInteger number(final String name) {
        return FlagKind.number(text(name));
    }

    /** The value of a number, or the limit if it is above that. */
    long atMost(final String name, final long limit) {
        return number(name).min(BigInteger.valueOf(limit)).longValueExact();
    }

    List<String> urls(final String name) {
        return FlagKind.urls(text(name));
    }

    /** What {@link #urls} would be if nothing had been given. */
    List<String> defaultUrls(final String name) {
        return FlagKind.urls(fallbacks.getOrDefault(name, table.get(name).fallback()));
    }

    /** What stood behind the last flag. */
    List<String> positional() {
        return positional;
    }
}
