package io.larch.bench.failover;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a failover run does. Set once from the command line, then only read. */
final class FailoverContext {
    static final String USAGE =
            """
            usage: larch-bench failover [--option=value ...]
              --server=COMMAND       larchd, or etcd; default tools/bin/larchd
              --members=N            default 3
              --rounds=N             leaders to kill; default 7
              --heartbeat=MS         --heartbeat-interval of the members; default 100
              --election=MS          --election-timeout of the members; default 1000
              --interval=MS          between two writes to each surviving member; default 5
              --base-port=PORT       the first of 2 * N ports; default 23800
              --data=DIRECTORY       default: a new one under /var/tmp
              --flags=FLAGS          more flags of the members, divided by spaces""";

    private String server = "tools/bin/larchd";
    private int members = 3;
    private int rounds = 7;
    private int heartbeatMs = 100;
    private int electionMs = 1000;
    private int intervalMs = 5;
    private int basePort = 23_800;
    private Path data;
    private List<String> flags = List.of();

    private FailoverContext() {}

    /** Parses arguments of the form {@code --name=value}. */
    static FailoverContext parse(final String... arguments) {
        final FailoverContext context = new FailoverContext();
        for (final String argument : arguments) {
            final int equals = argument.indexOf('=');
            if (!argument.startsWith("--") || equals < 0) {
                throw new IllegalArgumentException("not of the form --name=value: " + argument);
            }
            context.set(argument.substring(2, equals), argument.substring(equals + 1));
        }
        return context;
    }

    private void set(final String name, final String value) {
        switch (name) {
            case "server" -> server = value;
            case "members" -> members = number(name, value);
            case "rounds" -> rounds = number(name, value);
            case "heartbeat" -> heartbeatMs = number(name, value);
            case "election" -> electionMs = number(name, value);
            case "interval" -> intervalMs = number(name, value);
            case "base-port" -> basePort = number(name, value);
            case "data" -> data = Path.of(value);
            case "flags" -> flags = value.isBlank() ? List.of() : List.of(value.trim().split(" +"));
            default -> throw new IllegalArgumentException("unknown option: --" + name);
        }
    }

    private static int number(final String name, final String value) {
        final int number;
        try {
            number = Integer.parseInt(value);
        } catch (final NumberFormatException e) {
            throw new IllegalArgumentException("--" + name + " must be a number: " + value, e);
        }
        if (number <= 0) {
            throw new IllegalArgumentException("--" + name + " must be greater than 0: " + value);
        }
        return number;
    }

    String server() {
        return server;
    }

    int members() {
        return members;
    }

    int rounds() {
        return rounds;
    }

    int heartbeatMs() {
        return heartbeatMs;
    }

    int electionMs() {
        return electionMs;
    }

    int intervalMs() {
        return intervalMs;
    }

    int basePort() {
        return basePort;
    }

    /** Null: a new one. */
    Path data() {
        return data;
    }

    /** Of the members, with those of their time. */
    List<String> flags() {
        final List<String> all = new ArrayList<>();
        all.add("--heartbeat-interval=" + heartbeatMs);
        all.add("--election-timeout=" + electionMs);
        all.addAll(flags);
        return all;
    }
}
