package io.larch.tools.log;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Levels by package, as --log-package-levels gives them: {@code engine=DEBUG,http=WARNING}; a
 * {@code *} stands for all. Packages are Larch's; those of etcd mean the part that does the same.
 */
public final class PackageLevels {
    public static final String ALL = "*";

    private static final Map<String, String> NAMES_IN_ETCD =
            Map.of(
                    "etcdmain", "larchd",
                    "etcdserver", "engine",
                    "etcdhttp", "http",
                    "rafthttp", "transport",
                    "snap", "snapshot",
                    "membership", "member");

    private PackageLevels() {}

    /**
     * Reads the flag's value.
     *
     * @throws IllegalArgumentException naming the part that cannot be read.
     */
    public static Map<String, LogLevel> parse(final String text) {
        final Map<String, LogLevel> levels = new LinkedHashMap<>();
        for (final String part : text.split(",")) {
            if (part.isBlank()) {
                continue;
            }
            final int equals = part.indexOf('=');
            if (equals <= 0) {
                throw new IllegalArgumentException("no PACKAGE=LEVEL: " + part.strip());
            }
            final String name = part.substring(0, equals).strip();
            final String level = part.substring(equals + 1).strip();
            levels.put(
                    NAMES_IN_ETCD.getOrDefault(name, name),
                    LogLevel.parse(level)
                            .orElseThrow(
                                    () -> new IllegalArgumentException("no such level: " + level)));
        }
        return levels;
    }
}
