package io.larch.tools.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.logging.log4j.core.appender.AppenderLoggingException;
import org.apache.logging.log4j.core.appender.RollingFileAppender;
import org.apache.logging.log4j.core.appender.rolling.DefaultRolloverStrategy;
import org.apache.logging.log4j.core.appender.rolling.SizeBasedTriggeringPolicy;
import org.apache.logging.log4j.core.appender.rolling.action.Action;
import org.apache.logging.log4j.core.appender.rolling.action.DeleteAction;
import org.apache.logging.log4j.core.appender.rolling.action.IfAccumulatedFileCount;
import org.apache.logging.log4j.core.appender.rolling.action.IfAny;
import org.apache.logging.log4j.core.appender.rolling.action.IfFileName;
import org.apache.logging.log4j.core.appender.rolling.action.IfLastModified;
import org.apache.logging.log4j.core.appender.rolling.action.PathCondition;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.DefaultConfiguration;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.message.SimpleMessage;

/**
 * A log file that is put aside when it has grown, by Log4j's appender, under names as etcd's:
 * {@code larch-2026-11-29T04-46-04.639.log} beside {@code larch.log}. Only the thread of the log
 * writes.
 */
final class RotatingFile extends OutputStream {
    private final RollingFileAppender appender;

    RotatingFile(final Path file, final LogRotation rotation) throws IOException {
        final Configuration configuration = new DefaultConfiguration();
        final Path path = file.toAbsolutePath();
        final String name = path.getFileName().toString();
        final int dot = name.lastIndexOf('.') <= 0 ? name.length() : name.lastIndexOf('.');
        final String begin = name.substring(0, dot) + "-";
        final String end = name.substring(dot) + (rotation.isCompressed() ? ".gz" : "");
        appender =
                RollingFileAppender.newBuilder()
                        .setName(name)
                        .setConfiguration(configuration)
                        .setIgnoreExceptions(false)
                        .withFileName(path.toString())
                        .withFilePattern(
                                path.resolveSibling(begin)
                                        + "%d{yyyy-MM-dd'T'HH-mm-ss.SSS}"
                                        + (rotation.isLocalTime() ? "" : "{UTC}")
                                        + end)
                        .withPolicy(
                                SizeBasedTriggeringPolicy.createPolicy(
                                        rotation.maxSizeMb() + " MB"))
                        .withStrategy(
                                DefaultRolloverStrategy.newBuilder()
                                        // Names have times, not numbers.
                                        .withFileIndex("nomax")
                                        .withCustomActions(
                                                removal(
                                                        path.getParent(),
                                                        Pattern.quote(begin)
                                                                + "\\d{4}-.*"
                                                                + Pattern.quote(name.substring(dot))
                                                                + "(\\.gz)?",
                                                        rotation,
                                                        configuration))
                                        .withConfig(configuration)
                                        .build())
                        .setLayout(
                                PatternLayout.newBuilder()
                                        .withConfiguration(configuration)
                                        .withCharset(StandardCharsets.UTF_8)
                                        .withPattern("%m")
                                        .build())
                        .build();
        if (appender == null) {
            throw new IOException("open sink \"" + file + "\": cannot be rotated");
        }
        appender.start();
    }

    /** Of those that are too many or too old, each time one is put aside. */
    private static Action[] removal(
            final Path directory,
            final String names,
            final LogRotation rotation,
            final Configuration configuration) {
        final List<PathCondition> conditions = new ArrayList<>();
        if (rotation.maxBackups() > 0) {
            conditions.add(IfAccumulatedFileCount.createFileCountCondition(rotation.maxBackups()));
        }
        if (rotation.maxAgeDays() > 0) {
            conditions.add(
                    IfLastModified.newBuilder()
                            .setAge(Duration.ofDays(rotation.maxAgeDays()))
                            .build());
        }
        if (conditions.isEmpty()) {
            return new Action[0];
        }
        final PathCondition any = IfAny.createOrCondition(conditions.toArray(PathCondition[]::new));
        return new Action[] {
            DeleteAction.createDeleteAction(
                    directory.toString(),
                    false,
                    1,
                    false,
                    null,
                    new PathCondition[] {IfFileName.createNameCondition(null, names, any)},
                    null,
                    configuration)
        };
    }

    @Override
    public void write(final int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(final byte[] bytes, final int offset, final int length) throws IOException {
        final String lines = new String(bytes, offset, length, StandardCharsets.UTF_8);
        try {
            appender.append(
                    Log4jLogEvent.newBuilder().setMessage(new SimpleMessage(lines)).build());
        } catch (final AppenderLoggingException e) {
            throw new IOException(e);
        }
    }

    /** Waits until what was put aside is compressed. */
    @Override
    public void close() {
        appender.stop();
    }
}
