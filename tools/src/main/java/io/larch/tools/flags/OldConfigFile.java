package io.larch.tools.flags;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;

/**
 * Reads the TOML file of etcd 0.4, named by {@code -config}: variables of the environment and flags
 * win over it. What is left out in etcd 2 is passed over with a line in the log.
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
    private static final int HEARTBEATS_PER_ELECTION = 5;

    private final String fileName;
    private final FlagTable table;
    private final FlagSet flags;
    private final List<Remark> remarks;

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
        for (final Map.Entry<String, Object> entry : read().dottedEntrySet()) {
            final String key = entry.getKey();
            final String text = text(entry.getValue());
            if (text.isEmpty()) {
                continue;
            }
            if (REFUSED.contains(key)) {
                throw ExitException.verification(
                        key
                                + " in "
                                + fileName
                                + " is no longer supported: name the members with"
                                + " -initial-cluster");
            }
            if (FLAGS.containsKey(key)) {
                set(FLAGS.get(key), key, text);
            } else {
                remarks.add(
                        Remark.warning(
                                key + " in " + fileName + " is no longer supported - ignoring."));
            }
        }
        keepRatioOfTimes();
    }

    private void set(final String flagName, final String key, final String text)
            throws ExitException {
        final String newer = NEWER.getOrDefault(flagName, flagName);
        if (flags.isSet(flagName) || flags.isSet(newer)) {
            return;
        }
        final Flag flag = table.get(flagName);
        try {
            flags.set(flag, text);
        } catch (final IllegalArgumentException e) {
            throw ExitException.verification(
                    "invalid value \"%s\" for %s in %s: %s"
                            .formatted(text, key, fileName, e.getMessage()));
        }
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
            flags.set(table.get("heartbeat-interval"), String.valueOf(most));
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
        final TomlParseResult file;
        try {
            file = Toml.parse(Files.readString(Path.of(fileName)));
        } catch (final NoSuchFileException e) {
            throw ExitException.verification("open " + fileName + ": no such file or directory");
        } catch (final IOException e) {
            throw ExitException.verification("cannot read " + fileName + ": " + e.getMessage());
        }
        if (file.hasErrors()) {
            throw ExitException.verification(
                    "error reading TOML: " + fileName + ": " + file.errors().get(0));
        }
        return file;
    }
}
