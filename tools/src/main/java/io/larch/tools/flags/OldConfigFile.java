package io.larch.tools.flags;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;

/**
 * Reads the TOML file of etcd 0.4, named by {@code -config}: variables of the environment and flags
 * win over it. What is left out in etcd 2 is passed over with a line in the log; what neither knew,
 * and a value of another type, is refused, all of it at once and each with its line.
 */
final class OldConfigFile {
    /** What a key of the file means; keys of a table with the table's name in front. */
    private static final Map<String, String> FLAGS =
            Map.ofEntries(
                    Map.entry("addr", "addr"),
                    Map.entry("bind_addr", "bind-addr"),
                    Map.entry("ca_file", "ca-file"),
                    Map.entry("cert_file", "cert-file"),
                    Map.entry("key_file", "key-file"),
                    Map.entry("name", "name"),
                    Map.entry("data_dir", "data-dir"),
                    Map.entry("cors", "cors"),
                    Map.entry("discovery", "discovery"),
                    Map.entry("snapshot_count", "snapshot-count"),
                    Map.entry("verbose", "debug"),
                    Map.entry("very_verbose", "debug"),
                    Map.entry("peer.addr", "peer-addr"),
                    Map.entry("peer.bind_addr", "peer-bind-addr"),
                    Map.entry("peer.ca_file", "peer-ca-file"),
                    Map.entry("peer.cert_file", "peer-cert-file"),
                    Map.entry("peer.key_file", "peer-key-file"),
                    Map.entry("peer.heartbeat_interval", "heartbeat-interval"),
                    Map.entry("peer.election_timeout", "election-timeout"));

    /** The newer flag that says the same. */
    private static final Map<String, String> NEWER =
            Map.of(
                    "addr", "advertise-client-urls",
                    "bind-addr", "listen-client-urls",
                    "peer-addr", "initial-advertise-peer-urls",
                    "peer-bind-addr", "listen-peer-urls");

    private static final Set<String> REFUSED = Set.of("peers", "peers_file");

    /** Had a meaning in some version up to 0.4. */
    private static final Set<String> IGNORED =
            Set.of(
                    "cluster.active_size",
                    "cluster.remove_delay",
                    "cluster.sync_interval",
                    "cpu_profile_file",
                    "force",
                    "graphite_host",
                    "http_read_timeout",
                    "http_write_timeout",
                    "max_cluster_size",
                    "max_result_buffer",
                    "max_retry_attempts",
                    "retry_interval",
                    "snapshot",
                    "trace",
                    "very_very_verbose",
                    "web_url");

    private static final Set<String> LISTS = Set.of("cors");
    private static final int HEARTBEATS_PER_ELECTION = 5;

    private final String fileName;
    private final FlagTable table;
    private final FlagSet flags;
    private final List<Remark> remarks;
    private TomlParseResult file;

    OldConfigFile(
            final String fileName,
            final FlagTable table,
            final FlagSet flags,
            final List<Remark> remarks) {
        this.fileName = fileName;
        this.table = table;
        this.flags = flags;
        this.remarks = remarks;
    }

    /** Sets every flag that the file names and nothing else has set. */
    void apply() throws ExitException {
        file = read();
        final List<ExitException> problems = new ArrayList<>();
        for (final Map.Entry<String, Object> entry : file.dottedEntrySet()) {
            try {
                set(entry.getKey(), entry.getValue());
            } catch (final ExitException e) {
                problems.add(e);
            }
        }
        if (!problems.isEmpty()) {
            throw ExitException.all(problems);
        }
        keepRatioOfTimes();
    }

    private void set(final String key, final Object value) throws ExitException {
        if (REFUSED.contains(key)) {
            if (!text(value).isEmpty()) {
                throw ExitException.verification(
                        key
                                + " is no longer supported: name the members with -initial-cluster"
                                + place(key));
            }
        } else if (IGNORED.contains(key)) {
            if (!text(value).isEmpty()) {
                remarks.add(
                        Remark.warning(key + " is no longer supported - ignoring." + place(key)));
            }
        } else if (FLAGS.containsKey(key)) {
            set(table.get(FLAGS.get(key)), key, value);
        } else {
            throw ExitException.verification("unknown key \"" + key + "\"" + place(key));
        }
    }

    private void set(final Flag flag, final String key, final Object value) throws ExitException {
        if (!isOfType(flag, key, value)) {
            throw ExitException.verification(
                    "%s must be %s%s".formatted(key, type(flag, key), place(key)));
        }
        final String text = text(value);
        final String newer = NEWER.getOrDefault(flag.name(), flag.name());
        if (text.isEmpty() || flags.isSet(flag.name()) || flags.isSet(newer)) {
            return;
        }
        try {
            flags.set(flag, text, origin(key));
        } catch (final IllegalArgumentException e) {
            throw ExitException.verification(
                    "invalid value \"%s\" for %s: %s%s"
                            .formatted(text, key, e.getMessage(), place(key)));
        }
    }

    private static boolean isOfType(final Flag flag, final String key, final Object value) {
        return switch (flag.kind()) {
            case BOOL -> value instanceof Boolean;
            case NUMBER -> value instanceof Long;
            default ->
                    LISTS.contains(key)
                            ? value instanceof TomlArray list
                                    && list.toList().stream().allMatch(String.class::isInstance)
                            : value instanceof String;
        };
    }

    private static String type(final Flag flag, final String key) {
        return switch (flag.kind()) {
            case BOOL -> "true or false";
            case NUMBER -> "a whole number";
            default -> LISTS.contains(key) ? "a list of texts" : "a text";
        };
    }

    private Origin origin(final String key) {
        final TomlPosition position = file.inputPositionOf(key);
        return Origin.file(fileName, position == null ? 0 : position.line());
    }

    private String place(final String key) {
        return " (" + origin(key) + ")";
    }

    /** etcd 0.4 came with four heartbeats to an election; etcd 2 wants five. */
    private void keepRatioOfTimes() throws ExitException {
        if (!flags.isSet("heartbeat-interval") && !flags.isSet("election-timeout")) {
            return;
        }
        final long heartbeatMs = flags.number("heartbeat-interval", Integer.MAX_VALUE);
        final long electionMs = flags.number("election-timeout", Integer.MAX_VALUE);
        final long most = electionMs / HEARTBEATS_PER_ELECTION;
        if (heartbeatMs > most && most > 0) {
            flags.set(
                    table.get("heartbeat-interval"),
                    String.valueOf(most),
                    flags.origin(
                            flags.isSet("heartbeat-interval")
                                    ? "heartbeat-interval"
                                    : "election-timeout"));
            remarks.add(
                    Remark.warning(
                            "heartbeat interval lowered from %dms to %dms, a fifth of the election timeout"
                                    .formatted(heartbeatMs, most)));
        }
    }

    private static String text(final Object value) {
        if (value instanceof TomlArray array) {
            return array.toList().stream().map(String::valueOf).collect(Collectors.joining(","));
        }
        return String.valueOf(value);
    }

    private TomlParseResult read() throws ExitException {
        final TomlParseResult result;
        try {
            result = Toml.parse(Files.readString(Path.of(fileName)));
        } catch (final NoSuchFileException e) {
            throw ExitException.verification("open " + fileName + ": no such file or directory");
        } catch (final IOException e) {
            throw ExitException.verification("cannot read " + fileName + ": " + e.getMessage());
        }
        if (result.hasErrors()) {
            final TomlParseError error = result.errors().get(0);
            throw ExitException.verification(
                    "error reading TOML: %s (%s)"
                            .formatted(
                                    error.getMessage(),
                                    Origin.file(fileName, error.position().line())));
        }
        return result;
    }
}
