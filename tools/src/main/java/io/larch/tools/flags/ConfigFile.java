package io.larch.tools.flags;

import io.larch.engine.member.GoText;
import io.larch.tools.flags.Flag.Treatment;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Reads the YAML file of --config-file as etcd 3 does: keys are flag names, in capitals or not, and
 * a value must be of the flag's type, since etcd lays the file over a structure of Go as JSON. What
 * is left out is as etcd 3 has it. Unlike there, a key that nobody knows is refused, since what it
 * was meant to say would not be done. All that is wrong is told at once, each with its line.
 */
final class ConfigFile {
    /** Where etcd 3 has the TLS flags, without and with their prefix. */
    private static final Map<String, String> SECTIONS =
            Map.of("client-transport-security", "", "peer-transport-security", "peer-");

    private static final Set<String> TLS =
            Set.of("cert-file", "key-file", "client-cert-auth", "trusted-ca-file", "auto-tls");

    /** Keys of etcd 3.4 that are no flags, for its own inner works. */
    private static final Set<String> WITHOUT_FLAG =
            Set.of(
                    "enable-grpc-gateway",
                    "experimental-enable-lease-checkpoint-persist",
                    "unsafe-no-fsync");

    /** What etcd leaves to flags, since it has no keys for it; by section and key. */
    private static final Map<String, String> MORE_TLS =
            Map.of(
                    "client-transport-security.ca-file", "ca-file",
                    "client-transport-security.crl-file", "client-crl-file",
                    "client-transport-security.allowed-hostname", "client-cert-allowed-hostname",
                    "peer-transport-security.ca-file", "peer-ca-file",
                    "peer-transport-security.crl-file", "peer-crl-file",
                    "peer-transport-security.allowed-cn", "peer-cert-allowed-cn",
                    "peer-transport-security.allowed-hostname", "peer-cert-allowed-hostname");

    /** Flags that are no keys of the file. */
    private static final Set<String> NO_KEYS =
            Set.of(
                    "addr",
                    "bind-addr",
                    "peer-addr",
                    "peer-bind-addr",
                    "config",
                    "config-file",
                    "check-config",
                    "version",
                    "client-crl-file",
                    "peer-crl-file",
                    "client-cert-allowed-hostname",
                    "peer-cert-allowed-cn",
                    "peer-cert-allowed-hostname",
                    "experimental-peer-skip-client-san-verification",
                    "experimental-v3demo",
                    "experimental-gRPC-addr",
                    "experimental-auto-compaction-retention");

    /** Read once more by themselves, by looser rules. */
    private static final Set<String> OF_PROXIES = Set.of("proxy", "discovery-fallback");

    private final String fileName;
    private final FlagTable table;
    private final FlagSet flags;
    private final List<Remark> remarks;
    private Map<String, Integer> lines = Map.of();

    /**
     * @param remarks gets a line for each key that has no effect.
     */
    ConfigFile(
            final String fileName,
            final FlagTable table,
            final FlagSet flags,
            final List<Remark> remarks) {
        this.fileName = fileName;
        this.table = table;
        this.flags = flags;
        this.remarks = remarks;
    }

    /** Sets every flag that the file names. */
    void apply() throws ExitException {
        FlagTable.DEFAULTS_OF_ETCD_3.forEach(flags::fallback);
        final List<ExitException> problems = new ArrayList<>();
        for (final Map.Entry<?, ?> entry : read().entrySet()) {
            try {
                set(entry.getKey().toString(), entry.getValue());
            } catch (final ExitException e) {
                problems.add(e);
            }
        }
        if (!problems.isEmpty()) {
            throw ExitException.all(problems);
        }
    }

    private void set(final String key, final Object value) throws ExitException {
        final String section = key.toLowerCase(Locale.ROOT);
        if (SECTIONS.containsKey(section)) {
            setSection(key, section, value);
            return;
        }
        final Flag flag = flag(key);
        if (flag != null) {
            set(flag, structure(flag) + "." + flag.name(), key, value);
        } else if (WITHOUT_FLAG.contains(section)) {
            remarks.add(Remark.warning(key + place(key) + " has no effect in Larch."));
        } else {
            throw unknown(key);
        }
    }

    private ExitException unknown(final String path) {
        final String what =
                table.getInCapitalsOrNot(path) == null
                        ? "unknown key " + GoText.quoted(path)
                        : GoText.quoted(path) + " is a flag, but no key of this file";
        return ExitException.verification(what + place(path));
    }

    /** Behind what is wrong with the value of a key, as {@link FlagSet#places} has it. */
    private String place(final String path) {
        return " (" + Origin.file(fileName, lines.getOrDefault(path, 0)) + ")";
    }

    private static String structure(final Flag flag) {
        return flag.name().startsWith("proxy") || OF_PROXIES.contains(flag.name())
                ? "configProxy"
                : "configYAML";
    }

    /** The flag of a key, or null when the file has no such key. */
    private Flag flag(final String key) {
        final Flag flag = table.getInCapitalsOrNot(key);
        final boolean isKey =
                flag != null
                        && flag.treatment() != Treatment.OBSOLETE
                        && flag.treatment() != Treatment.REFUSED
                        && !NO_KEYS.contains(flag.name())
                        && !isOfTls(flag.name());
        return isKey ? flag : null;
    }

    private static boolean isOfTls(final String name) {
        final String bare = name.startsWith("peer-") ? name.substring("peer-".length()) : name;
        return TLS.contains(bare) || bare.equals("ca-file");
    }

    private void setSection(final String path, final String section, final Object value)
            throws ExitException {
        if (value == null) {
            return;
        }
        if (!(value instanceof Map<?, ?> map)) {
            throw mismatch(
                    value, "struct field configYAML." + section, "embed.securityConfig", path);
        }
        for (final Map.Entry<?, ?> entry : map.entrySet()) {
            final String key = entry.getKey().toString().toLowerCase(Locale.ROOT);
            final String flag =
                    TLS.contains(key)
                            ? SECTIONS.get(section) + key
                            : MORE_TLS.get(section + "." + key);
            final String place = path + "." + entry.getKey();
            if (flag == null) {
                throw unknown(place);
            }
            set(table.get(flag), "securityConfig." + section + "." + key, place, entry.getValue());
        }
    }

    private void set(final Flag flag, final String field, final String path, final Object value)
            throws ExitException {
        if (value == null) {
            // As if the key were not there, even if it was before.
            flags.clear(flag.name());
            return;
        }
        final String text = text(flag, field, path, value);
        final boolean isDefault =
                text.isEmpty()
                        && (flag.kind() == FlagKind.URLS
                                || flag.kind() == FlagKind.LIST
                                || flag.kind() == FlagKind.CHOICE
                                        && flag.treatment() != Treatment.FOREIGN);
        if (isDefault) {
            flags.clear(flag.name());
            return;
        }
        try {
            flags.set(flag, text, Origin.file(fileName, lines.getOrDefault(path, 0)));
        } catch (final IllegalArgumentException e) {
            throw refusal(flag, text, e.getMessage(), path);
        }
    }

    /** The value as it would stand behind the flag. */
    private String text(final Flag flag, final String field, final String path, final Object value)
            throws ExitException {
        final boolean isGood =
                switch (flag.kind()) {
                    case BOOL -> value instanceof Boolean;
                    case NUMBER -> isNumber(value, 0, Long.SIZE);
                    case NUMBER_32 -> isNumber(value, 0, Integer.SIZE);
                    case SIGNED, DURATION -> isNumber(value, 1, Long.SIZE - 1);
                    case LIST -> value instanceof List<?>;
                    // A list of one is a number to YAML.
                    case CPU, CPUS -> value instanceof String || value instanceof BigInteger;
                    default ->
                            value instanceof String
                                    || OF_PROXIES.contains(flag.name()) && isScalar(value);
                };
        if (!isGood) {
            throw mismatch(value, "struct field " + field, type(flag), path);
        }
        if (value instanceof List<?> list) {
            final List<String> texts = new ArrayList<>();
            for (final Object item : list) {
                if (item != null && !(item instanceof String)) {
                    throw mismatch(item, "struct field " + field, "string", path);
                }
                texts.add(item == null ? "" : item.toString());
            }
            return String.join(",", texts);
        }
        return flag.kind() == FlagKind.DURATION ? value + "ns" : value.toString();
    }

    private static boolean isScalar(final Object value) {
        return !(value instanceof Map) && !(value instanceof List);
    }

    private static boolean isNumber(final Object value, final int signs, final int bits) {
        return value instanceof BigInteger number
                && number.signum() >= -signs
                && number.bitLength() <= bits;
    }

    private static String type(final Flag flag) {
        return switch (flag.kind()) {
            case BOOL -> "bool";
            case NUMBER -> flag.name().equals("snapshot-count") ? "uint64" : "uint";
            case NUMBER_32 -> "uint32";
            case SIGNED -> flag.name().endsWith("-limit") ? "int" : "int64";
            case DURATION -> "time.Duration";
            case LIST -> "[]string";
            default -> "string";
        };
    }

    /** In the words of Go. */
    private ExitException mismatch(
            final Object value, final String where, final String type, final String path) {
        final String what;
        if (value instanceof Boolean) {
            what = "bool";
        } else if (value instanceof BigInteger || value instanceof BigDecimal) {
            what = type.contains("int") || type.contains("Duration") ? "number " + value : "number";
        } else if (value instanceof String) {
            what = "string";
        } else {
            what = value instanceof List<?> ? "array" : "object";
        }
        return ExitException.verification(
                "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal "
                        + what
                        + " into Go "
                        + where
                        + " of type "
                        + type
                        + place(path));
    }

    private ExitException refusal(
            final Flag flag, final String text, final String problem, final String path) {
        final String what =
                switch (flag.name()) {
                    case "proxy" -> "proxyFlag";
                    case "discovery-fallback" -> "discovery-fallback flag";
                    default -> flag.name();
                };
        if (flag.kind() == FlagKind.URLS || OF_PROXIES.contains(flag.name())) {
            return ExitException.critical(
                    "unexpected error setting up " + what + ": " + problem + place(path));
        }
        if (flag.name().equals("initial-cluster-state")) {
            return ExitException.verification(
                    "unexpected clusterState " + GoText.quoted(text) + place(path));
        }
        return ExitException.verification(
                "invalid value %s for %s: %s%s"
                        .formatted(GoText.quoted(text), flag.name(), problem, place(path)));
    }

    private Map<?, ?> read() throws ExitException {
        final GoYaml.Document document;
        try {
            document = GoYaml.read(fileName, Files.readString(Path.of(fileName)));
        } catch (final NoSuchFileException e) {
            throw ExitException.verification("open " + fileName + ": no such file or directory");
        } catch (final CharacterCodingException e) {
            throw ExitException.verification(
                    "error converting YAML to JSON: yaml: " + fileName + " is not UTF-8");
        } catch (final IOException e) {
            throw ExitException.verification("cannot read " + fileName + ": " + e.getMessage());
        } catch (final GoYaml.BadYamlException e) {
            throw ExitException.verification(
                    "error converting YAML to JSON: yaml: " + e.getMessage());
        }
        lines = document.lines();
        document.doubled()
                .forEach(
                        key ->
                                remarks.add(
                                        Remark.warning(
                                                key
                                                        + " is there more than once, the last one"
                                                        + " counts"
                                                        + place(key))));
        if (document.value() == null) {
            return Map.of();
        }
        if (document.value() instanceof Map<?, ?> map) {
            return map;
        }
        throw mismatch(document.value(), "value", "embed.configYAML", "");
    }
}
