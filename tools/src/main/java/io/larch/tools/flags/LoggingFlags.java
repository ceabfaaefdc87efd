package io.larch.tools.flags;

import io.larch.engine.member.GoText;
import io.larch.tools.log.LogLevel;
import io.larch.tools.log.LogRotation;
import io.larch.tools.log.LogTarget;
import io.larch.tools.log.PackageLevels;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The flags about the log: those of etcd 2 and 3.4, and those for formats and rotation that came in
 * 3.5. With capnslog, the default, the log is as etcd 2's and goes to a standard stream; with zap
 * it is JSON and may go to files and to the journal.
 */
final class LoggingFlags {
    private static final List<String> STREAMS =
            List.of(LogTarget.DEFAULT, LogTarget.STDERR, LogTarget.STDOUT);

    private final FlagSet flags;
    private final List<Remark> remarks;

    LoggingFlags(final FlagSet flags, final List<Remark> remarks) {
        this.flags = flags;
        this.remarks = remarks;
    }

    /**
     * Reads them.
     *
     * @throws ExitException with etcd's words about what is wrong.
     */
    ServerConfig.Logging logging() throws ExitException {
        final boolean isZap = isZap();
        return new ServerConfig.Logging(level(), packageLevels(), target(isZap));
    }

    /** Who asks for what only zap can, and for no logger, has that. */
    private boolean isZap() throws ExitException {
        final String logger = flags.text("logger");
        if (!List.of("capnslog", "zap").contains(logger)) {
            throw flags.contradiction("unknown logger option " + GoText.quoted(logger), "logger");
        }
        return logger.equals("zap")
                || !flags.isSet("logger")
                        && (flags.isSet("log-format") || flags.isTrue("enable-log-rotation"));
    }

    private LogLevel level() {
        if (flags.isTrue("debug")) {
            return LogLevel.DEBUG;
        }
        return switch (flags.text("log-level")) {
            case "debug" -> LogLevel.DEBUG;
            case "warn" -> LogLevel.WARNING;
            case "error" -> LogLevel.ERROR;
            case "dpanic", "panic", "fatal" -> LogLevel.CRITICAL;
            default -> LogLevel.INFO;
        };
    }

    private Map<String, LogLevel> packageLevels() {
        try {
            return PackageLevels.parse(flags.text("log-package-levels"));
        } catch (final IllegalArgumentException e) {
            remarks.add(
                    Remark.warning(
                            "couldn't parse log level string: "
                                    + e.getMessage()
                                    + ", continuing with default levels"));
            return Map.of();
        }
    }

    private LogTarget target(final boolean isZap) throws ExitException {
        final String text = flags.text("log-outputs");
        if (!isZap) {
            if (!STREAMS.contains(text)) {
                throw flags.contradiction(
                        "unknown log-output "
                                + GoText.quoted(text)
                                + " (only supports \"default\", \"stderr\", \"stdout\")",
                        "log-outputs");
            }
            return new LogTarget(form(false), List.of(text), rotation(List.of(text)));
        }
        // Each once, in the order of the alphabet, as etcd.
        final List<String> outputs =
                Arrays.stream(text.split(",", -1)).distinct().sorted().toList();
        checkTogether(outputs);
        return new LogTarget(form(true), outputs, rotation(outputs));
    }

    private void checkTogether(final List<String> outputs) throws ExitException {
        if (outputs.contains("")) {
            throw flags.contradiction(
                    "open sink \"\": open : no such file or directory", "log-outputs");
        }
        if (outputs.size() == 1) {
            return;
        }
        if (outputs.contains(LogTarget.DEFAULT)) {
            throw flags.contradiction(
                    "multi logoutput for \"default\" is not supported yet", "log-outputs");
        }
        if (outputs.contains(LogTarget.JOURNAL)) {
            throw flags.contradiction(
                    "running with systemd/journal but other '--log-outputs' values ("
                            + outputs.stream()
                                    .map(GoText::quoted)
                                    .collect(Collectors.joining(" ", "[", "]"))
                            + ") are configured with 'default'; override 'default' value with"
                            + " something else",
                    "log-outputs");
        }
    }

    private LogTarget.Form form(final boolean isZap) throws ExitException {
        final String text =
                flags.isSet("log-format") ? flags.text("log-format") : isZap ? "json" : "console";
        return switch (text) {
            case "json" -> LogTarget.Form.JSON;
            case "console" -> LogTarget.Form.CONSOLE;
            default ->
                    throw flags.contradiction(
                            "unknown log format: " + text + ", supported values json, console",
                            "log-format");
        };
    }

    private Optional<LogRotation> rotation(final List<String> outputs) throws ExitException {
        if (!flags.isTrue("enable-log-rotation")) {
            return Optional.empty();
        }
        if (new LogTarget(LogTarget.Form.JSON, outputs, Optional.empty()).files().size() != 1) {
            throw flags.contradiction(
                    "--log-outputs requires a single file path when --log-rotate-config-json is"
                            + " defined",
                    "log-outputs",
                    "enable-log-rotation");
        }
        return Optional.of(new RotationJson(flags).rotation());
    }
}
