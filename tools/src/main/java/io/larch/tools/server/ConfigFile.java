package io.larch.tools.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads the YAML file of --config-file: keys are flag names, unknown ones are passed over. */
final class ConfigFile {
    /** Where etcd 3 has the TLS flags, without and with their prefix. */
    private static final Map<String, String> NESTED =
            Map.of("client-transport-security", "", "peer-transport-security", "peer-");

    private final String fileName;

    ConfigFile(final String fileName) {
        this.fileName = fileName;
    }

    /** Sets every flag that the file names. */
    void apply(final FlagTable table, final FlagSet flags) throws ExitException {
        for (final Map.Entry<?, ?> entry : read().entrySet()) {
            final String key = String.valueOf(entry.getKey());
            final String prefix = NESTED.get(key);
            if (prefix != null && entry.getValue() instanceof Map<?, ?> nested) {
                for (final Map.Entry<?, ?> inner : nested.entrySet()) {
                    set(table, flags, prefix + inner.getKey(), inner.getValue());
                }
            } else {
                set(table, flags, key, entry.getValue());
            }
        }
    }

    private void set(
            final FlagTable table, final FlagSet flags, final String key, final Object value)
            throws ExitException {
        final Flag flag = table.get(key);
        if (flag == null || key.equals("version") || key.equals("config-file") || value == null) {
            return;
        }
        final String text =
                value instanceof List<?> list
                        ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
                        : value.toString();
        if (text.isEmpty()) {
            return;
        }
        try {
            flags.set(flag, text);
        } catch (final IllegalArgumentException e) {
            throw ExitException.verification(
                    "invalid value \""
                            + text
                            + "\" for "
                            + key
                            + " in "
                            + fileName
                            + ": "
                            + e.getMessage());
        }
    }

    private Map<?, ?> read() throws ExitException {
        final Object document;
        try {
            document =
                    new Load(LoadSettings.builder().setLabel(fileName).build())
                            .loadFromString(Files.readString(Path.of(fileName)));
        } catch (final NoSuchFileException e) {
            throw ExitException.verification("open " + fileName + ": no such file or directory");
        } catch (final IOException e) {
            throw ExitException.verification("cannot read " + fileName + ": " + e.getMessage());
        } catch (final YamlEngineException e) {
            throw ExitException.verification(
                    "error reading YAML: " + e.getMessage().strip().replaceAll("\\s*\\R\\s*", " "));
        }
        if (document == null) {
            return Map.of();
        }
        if (document instanceof Map<?, ?> map) {
            return map;
        }
        throw ExitException.verification("error reading YAML: " + fileName + " is no mapping");
    }
}
