package io.larch.tools.log;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/**
 * All loggers of the process and their levels, which may change at any time. Threadsafe.
 *
 * <p>A logger's package, as the log prints it and as levels are given by, is its module, such as
 * {@code http}; in the engine the part of it, such as {@code raft} or {@code wal}; {@code larchd}
 * in the process around them. Libraries are heard from WARNING on, whatever the level of Larch
 * itself, unless their package is given a level.
 */
public final class LarchLoggerFactory implements ILoggerFactory {
    /** The package of the process itself. */
    public static final String SERVER = "larchd";

    private static final String OWN_PREFIX = "io.larch.";
    private static final String ENGINE = "engine";

    /** The only part of the tools, beside the process itself, that is heard by its own name. */
    private static final String DISCOVERY = "discovery";

    private final Map<String, LarchLogger> loggers = new ConcurrentHashMap<>();
    private volatile LogFormat format = new LogLineFormat(ZoneId.systemDefault());
    private final LogWriter writer;
    private LogLevel level = LogLevel.INFO;
    private Map<String, LogLevel> packageLevels = Map.of();

    LarchLoggerFactory(final OutputStream out) {
        writer = new LogWriter(out);
    }

    /**
     * Writes from now on where and how this says; once, at the start.
     *
     * @throws IOException saying what could not be opened; then nothing has changed.
     */
    public void redirect(final LogTarget target) throws IOException {
        if (target.isStandard()) {
            return;
        }
        writer.redirect(LogOutputs.open(target));
        final ZoneId zone = ZoneId.systemDefault();
        final LogFormat lines =
                target.form() == LogTarget.Form.JSON
                        ? new JsonLineFormat(zone)
                        : new LogLineFormat(zone);
        format =
                target.outputs().contains(LogTarget.JOURNAL) ? new JournalLineFormat(lines) : lines;
    }

    @Override
    public Logger getLogger(final String name) {
        final LarchLogger known = loggers.get(name);
        return known != null ? known : add(name);
    }

    private synchronized Logger add(final String name) {
        final String packageName = packageName(name);
        return loggers.computeIfAbsent(
                name, key -> new LarchLogger(this, key, packageName, threshold(key, packageName)));
    }

    /** Sets the level of everything of Larch that has none of its own. */
    public synchronized void level(final LogLevel newLevel) {
        level = newLevel;
        update();
    }

    /**
     * Sets the level of everything of Larch, packages with a level of their own included, as etcd
     * does when it is asked over HTTP.
     */
    public synchronized void levelOfAll(final LogLevel newLevel) {
        packageLevels = Map.of();
        level(newLevel);
    }

    /** Sets levels by package; {@link PackageLevels#ALL} for all others. */
    public synchronized void packageLevels(final Map<String, LogLevel> levels) {
        packageLevels = new LinkedHashMap<>(levels);
        level = packageLevels.getOrDefault(PackageLevels.ALL, level);
        update();
    }

    /** Waits until what was logged is written. */
    public void flush() {
        writer.flush();
    }

    private void update() {
        loggers.forEach((name, logger) -> logger.threshold(threshold(name, logger.packageName())));
    }

    private LogLevel threshold(final String name, final String packageName) {
        final LogLevel own = packageLevels.get(packageName);
        if (own != null) {
            return own;
        }
        return name.startsWith(OWN_PREFIX) || name.equals(SERVER) ? level : LogLevel.WARNING;
    }

    private static String packageName(final String name) {
        final int classDot = name.lastIndexOf('.');
        if (classDot < 0) {
            return name;
        }
        final String javaPackage = name.substring(0, classDot);
        return javaPackage.startsWith(OWN_PREFIX)
                ? own(javaPackage.substring(OWN_PREFIX.length()).split("\\."))
                : library(javaPackage);
    }

    /** How the parts are built inside is nothing that an operator should have to know. */
    private static String own(final String[] parts) {
        return switch (parts[0]) {
            case ENGINE -> parts.length > 1 ? parts[1] : ENGINE;
            case "tools" -> parts[parts.length - 1].equals(DISCOVERY) ? DISCOVERY : SERVER;
            default -> parts[0];
        };
    }

    /** {@code netty} of {@code io.netty.channel}: the part that tells libraries apart. */
    private static String library(final String javaPackage) {
        final String[] parts = javaPackage.split("\\.");
        return parts.length > 1 ? parts[1] : parts[0];
    }

    void write(
            final LogLevel lineLevel,
            final String packageName,
            final String text,
            final Throwable error) {
        writer.write(format.format(Instant.now(), lineLevel, packageName, text, error));
    }
}
