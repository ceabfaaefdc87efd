package io.larch.bench.load;

import java.net.URI;
import java.util.Arrays;
import java.util.Locale;

/** What a load run does. Set once from the command line, then only read. */
public final class LoadContext {
    static final String USAGE =
            """
            usage: larch-bench load [--option=value ...]
              --url=URL           any server of the v2 or v3 API; default http://127.0.0.1:2379
              --operation=NAME    put, get, quorum-get, mix (of ten one put, the others gets), recursive-get (of
                                  a directory of 100), post (in-order keys), cas (each connection its own key),
                                  contended-cas (all the same; counted are swaps), fill (puts each key once,
                                  however long that takes), watch (fan-out of puts to --streams, each a
                                  connection of its own); by gRPC v3-put, v3-range, v3-serializable-range,
                                  v3-txn (compare and put), v3-list (500 keys), v3-count (all keys), v3-fill
                                  (puts in transactions of 100), v3-watch and v3-watch-previous (fan-out of one
                                  writer's puts, without and with prev_kv), v3-keepalive; default put
              --rate=N            requests a second, sent by the clock (open loop); 0 (default): each connection
                                  sends when its reply came (closed loop); of watches puts, 200 by default,
                                  of v3-keepalive keepalives, 20000 by default
              --connections=N     default 32
              --duration=SECONDS  measured; default 10
              --requests=N        measured, if they are done sooner; default: no limit
              --warmup=SECONDS    not measured; default 3
              --keys=N            distinct keys; default 10000
              --written=true      they were written by a run before
              --streams=N         of watches or keepalives, over all connections; default: one each
              --watches=N         over all streams; default 1000
              --leases=N          over all streams; default 10000
              --value-size=BYTES  default 128
              --pid=PID[,PID...]  processes on this machine whose CPU time to report
              --report=DIRECTORY  parent of <date>-<commit>/, where the report goes; none by default
              --commit=NAME       what was measured; default: asks git
              --label=NAME        names this run in the report; default: operation and rate""";

    private URI url = URI.create("http://127.0.0.1:2379");
    private Operation operation = Operation.PUT;
    private int rate;
    private int connections = 32;
    private double durationSeconds = 10;
    private double warmupSeconds = 3;
    private long requests = Long.MAX_VALUE;
    private int keys = 10_000;
    private int valueSize = 128;
    private boolean areKeysWritten;
    private int streams;
    private int watches = 1000;
    private int leases = 10_000;
    private long[] pids = {};
    private String report;
    private String commit;
    private String label;

    private LoadContext() {}

    /** What a connection asks for. */
    public enum Operation {
        PUT(null),
        GET(null),
        QUORUM_GET(null),
        MIX(null),
        RECURSIVE_GET(null),
        POST(null),
        CAS(null),
        CONTENDED_CAS(null),
        FILL(null),
        WATCH(null, 200),
        V3_PUT("KV/Put"),
        V3_RANGE("KV/Range"),
        V3_SERIALIZABLE_RANGE("KV/Range"),
        V3_LIST("KV/Range"),
        V3_COUNT("KV/Range"),
        V3_TXN("KV/Txn"),
        V3_FILL("KV/Txn"),
        V3_WATCH("Watch/Watch", 200),
        V3_WATCH_PREVIOUS("Watch/Watch", 200),
        V3_KEEPALIVE("Lease/LeaseKeepAlive", 20_000);

        private final String method;
        private final int defaultRate;

        Operation(final String method) {
            this(method, 0);
        }

        /** One that knows no closed loop. */
        Operation(final String method, final int defaultRate) {
            this.method = method;
            this.defaultRate = defaultRate;
        }

        /** Of gRPC, behind its package. */
        String method() {
            return method;
        }

        boolean isV3() {
            return method != null;
        }

        /** Whether every key has to be there before. */
        boolean needsKeys() {
            return switch (this) {
                case PUT, POST, CAS, CONTENDED_CAS, FILL, WATCH, V3_PUT, V3_FILL -> false;
                default -> true;
            };
        }

        String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Parse arguments of the form {@code --name=value}. */
    public static LoadContext parse(final String... arguments) {
        final LoadContext context = new LoadContext();
        for (final String argument : arguments) {
            final int equals = argument.indexOf('=');
            if (!argument.startsWith("--") || equals < 0) {
                throw new IllegalArgumentException("not of the form --name=value: " + argument);
            }
            context.set(argument.substring(2, equals), argument.substring(equals + 1));
        }
        return context.conclude();
    }

    private void set(final String name, final String value) {
        switch (name) {
            case "url" -> url = URI.create(value);
            case "operation" ->
                    operation = Operation.valueOf(value.toUpperCase(Locale.ROOT).replace('-', '_'));
            case "rate" -> rate = number(name, value, 0);
            case "connections" -> connections = number(name, value, 1);
            case "duration" -> durationSeconds = seconds(name, value);
            case "warmup" -> warmupSeconds = seconds(name, value);
            case "requests" -> requests = number(name, value, 1);
            case "keys" -> keys = number(name, value, 1);
            case "written" -> areKeysWritten = Boolean.parseBoolean(value);
            case "streams" -> streams = number(name, value, 1);
            case "watches" -> watches = number(name, value, 1);
            case "leases" -> leases = number(name, value, 1);
            case "value-size" -> valueSize = number(name, value, 0);
            case "pid" ->
                    pids =
                            Arrays.stream(value.split(","))
                                    .mapToLong(each -> number(name, each, 1))
                                    .toArray();
            case "report" -> report = value;
            case "commit" -> commit = value;
            case "label" -> label = value;
            default -> throw new IllegalArgumentException("unknown option: --" + name);
        }
    }

    private static int number(final String name, final String value, final int least) {
        final int number;
        try {
            number = Integer.parseInt(value);
        } catch (final NumberFormatException e) {
            throw new IllegalArgumentException("--" + name + " must be a number: " + value, e);
        }
        if (number < least) {
            throw new IllegalArgumentException(
                    "--" + name + " must be at least " + least + ": " + value);
        }
        return number;
    }

    private static double seconds(final String name, final String value) {
        if (!value.matches("\\d{1,6}(\\.\\d{1,3})?")) {
            throw new IllegalArgumentException("--" + name + " must be seconds: " + value);
        }
        return Double.parseDouble(value);
    }

    private LoadContext conclude() {
        if (!"http".equals(url.getScheme()) || url.getHost() == null || url.getPort() < 0) {
            throw new IllegalArgumentException("--url must have the form http://host:port: " + url);
        }
        if (keys > 100_000_000) {
            throw new IllegalArgumentException("--keys must be at most 100000000: " + keys);
        }
        if (rate == 0) {
            rate = operation.defaultRate;
        }
        if (streams == 0) {
            streams = connections;
        }
        if (label == null) {
            label = operation.text() + (rate == 0 ? "-closed" : "-" + rate) + "-c" + connections;
        }
        if (!label.matches("[A-Za-z0-9._-]+")) {
            throw new IllegalArgumentException("--label must do as a file name: " + label);
        }
        return this;
    }

    URI url() {
        return url;
    }

    public Operation operation() {
        return operation;
    }

    /** Requests a second; 0 for a closed loop. */
    public int rate() {
        return rate;
    }

    public int connections() {
        return connections;
    }

    public double durationSeconds() {
        return durationSeconds;
    }

    public double warmupSeconds() {
        return warmupSeconds;
    }

    /** After which a closed loop ends before its time. */
    long requests() {
        return requests;
    }

    public int keys() {
        return keys;
    }

    /** Whether keys have to be there before, which {@link Workload#prepare} writes. */
    public boolean needsKeys() {
        return operation.needsKeys();
    }

    /** Whether there is no need to write the keys that are to be read. */
    boolean areKeysWritten() {
        return areKeysWritten;
    }

    /** Of watches or keepalives, over all connections. */
    public int streams() {
        return streams;
    }

    /** Of the v3 API, over all streams. */
    public int watches() {
        return watches;
    }

    int leases() {
        return leases;
    }

    int valueSize() {
        return valueSize;
    }

    /** Empty when no process is to be watched. */
    public long[] pids() {
        return pids;
    }

    /** Null when no report is to be written. */
    String report() {
        return report;
    }

    /** Null when git is to be asked. */
    String commit() {
        return commit;
    }

    String label() {
        return label;
    }
}
