package io.larch.bench.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** What a comparison does. Set once from the command line, then only read. */
final class CompareContext {
    static final String USAGE =
            """
            usage: bench-compare [--option[=value] ...]
              --quick             two short rounds, in less than five minutes
              --full              five rounds, a million keys, ten minutes of half load; about an hour.
                                  Without either: three rounds of what quick does, for longer
              --only RE           workloads in whose name this regular expression is found: "v3" for those of
                                  the v3 API and "million" for a million keys, which are not run by themselves
              --list              prints the names of the workloads with their goals, and ends
              --members N         of the clusters of the workloads of three members; 1 leaves these out
              --rounds N          other than the default
              --seconds S         of a run under load, other than the default; other times change with them
              --reports DIR       parent of <date>-<commit>/; default: perf-reports of the sources
              --data DIR          for the servers' data, on the disk to be measured; default /var/tmp
              --base-port N       the first of the ports, of which each member takes 2; default 23790
              --etcd COMMAND      default: etcd, from the PATH
              --larchd COMMAND    default: tools/bin/larchd of the sources
              --larch-flags FLAGS more flags of Larch's members, divided by spaces
              --etcd-flags FLAGS  the same of etcd's
              --home DIR          where the sources are; the launcher says so""";

    private final List<String> arguments;
    private Mode mode = Mode.STANDARD;
    private Pattern only;
    private boolean isListWanted;
    private int members = 3;
    private int rounds;
    private double seconds;
    private Path reports;
    private Path data = Path.of("/var/tmp");
    private int basePort = 23_790;
    private String etcd = "etcd";
    private String larchd;
    private List<String> larchFlags = List.of();
    private List<String> etcdFlags = List.of();
    private Path home = Path.of(".");

    private CompareContext(final List<String> arguments) {
        this.arguments = arguments;
    }

    /** Parses arguments of the forms {@code --name=value} and {@code --name value}. */
    static CompareContext parse(final String... arguments) {
        final CompareContext context = new CompareContext(List.of(arguments));
        final List<String> rest = new ArrayList<>(List.of(arguments));
        while (!rest.isEmpty()) {
            final String argument = rest.remove(0);
            final int equals = argument.indexOf('=');
            if (!argument.startsWith("--")) {
                throw new IllegalArgumentException("not an option: " + argument);
            }
            final String name = equals < 0 ? argument.substring(2) : argument.substring(2, equals);
            if (equals < 0 && context.setFlag(name)) {
                continue;
            }
            if (equals < 0 && rest.isEmpty()) {
                throw new IllegalArgumentException("--" + name + " is unknown, or wants a value");
            }
            context.set(name, equals < 0 ? rest.remove(0) : argument.substring(equals + 1));
        }
        return context.conclude();
    }

    private boolean setFlag(final String name) {
        switch (name) {
            case "quick" -> setMode(Mode.QUICK);
            case "full" -> setMode(Mode.FULL);
            case "list" -> isListWanted = true;
            default -> {
                return false;
            }
        }
        return true;
    }

    private void setMode(final Mode wanted) {
        if (mode != Mode.STANDARD && mode != wanted) {
            throw new IllegalArgumentException("--quick and --full exclude each other");
        }
        mode = wanted;
    }

    private void set(final String name, final String value) {
        switch (name) {
            case "only" -> only = pattern(value);
            case "members" -> members = number(name, value, 1, 9);
            case "rounds" -> rounds = number(name, value, 1, 1000);
            case "seconds" -> seconds = seconds(name, value);
            case "reports" -> reports = Path.of(value);
            case "data" -> data = Path.of(value);
            case "base-port" -> basePort = number(name, value, 1, 65_000);
            case "etcd" -> etcd = value;
            case "larchd" -> larchd = value;
            case "larch-flags" -> larchFlags = flags(value);
            case "etcd-flags" -> etcdFlags = flags(value);
            case "home" -> home = Path.of(value);
            default -> throw new IllegalArgumentException("unknown option: --" + name);
        }
    }

    private static Pattern pattern(final String value) {
        try {
            return Pattern.compile(value);
        } catch (final PatternSyntaxException e) {
            throw new IllegalArgumentException("--only is no regular expression: " + value, e);
        }
    }

    private static List<String> flags(final String value) {
        return value.isBlank() ? List.of() : List.of(value.trim().split(" +"));
    }

    private static int number(
            final String name, final String value, final int least, final int most) {
        final int number;
        try {
            number = Integer.parseInt(value);
        } catch (final NumberFormatException e) {
            throw new IllegalArgumentException("--" + name + " must be a number: " + value, e);
        }
        if (number < least || number > most) {
            throw new IllegalArgumentException(
                    "--" + name + " must be from " + least + " to " + most + ": " + value);
        }
        return number;
    }

    private static double seconds(final String name, final String value) {
        if (!value.matches("\\d{1,4}(\\.\\d{1,3})?") || Double.parseDouble(value) == 0) {
            throw new IllegalArgumentException("--" + name + " must be seconds: " + value);
        }
        return Double.parseDouble(value);
    }

    private CompareContext conclude() {
        if (rounds > 0) {
            mode = mode.withRounds(rounds);
        }
        if (seconds > 0) {
            mode = mode.withSeconds(seconds);
        }
        if (reports == null) {
            reports = home.resolve("perf-reports");
        }
        if (larchd == null) {
            larchd = home.resolve("tools/bin/larchd").toString();
        }
        return this;
    }

    /** As they were given, but for where the sources are. */
    List<String> arguments() {
        return arguments.stream().filter(argument -> !argument.startsWith("--home=")).toList();
    }

    Mode mode() {
        return mode;
    }

    /** Whether a workload is to be run. */
    boolean isWanted(final Experiment experiment) {
        return only == null ? !experiment.isOnRequest() : only.matcher(experiment.name()).find();
    }

    boolean isListWanted() {
        return isListWanted;
    }

    int members() {
        return members;
    }

    Path reports() {
        return reports;
    }

    Path data() {
        return data;
    }

    int basePort() {
        return basePort;
    }

    String command(final Server server) {
        return server == Server.LARCH ? larchd : etcd;
    }

    List<String> flags(final Server server) {
        return server == Server.LARCH ? larchFlags : etcdFlags;
    }

    Path home() {
        return home;
    }
}
