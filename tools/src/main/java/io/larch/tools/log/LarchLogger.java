package io.larch.tools.log;

import java.util.Arrays;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.AbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/**
 * A logger with etcd's levels: the markers NOTICE and CRITICAL lift an info and an error by one.
 * Threadsafe.
 */
final class LarchLogger extends AbstractLogger {
    private static final long serialVersionUID = 1L;
    private static final String NOTICE = LogLevel.NOTICE.name();
    private static final String CRITICAL = LogLevel.CRITICAL.name();

    private final transient LarchLoggerFactory factory;
    private final String packageName;
    private volatile LogLevel threshold;

    LarchLogger(
            final LarchLoggerFactory factory,
            final String name,
            final String packageName,
            final LogLevel threshold) {
        this.name = name;
        this.factory = factory;
        this.packageName = packageName;
        this.threshold = threshold;
    }

    /** What stands before the colon in the line. */
    String packageName() {
        return packageName;
    }

    void threshold(final LogLevel newThreshold) {
        this.threshold = newThreshold;
    }

    private boolean isEnabled(final LogLevel level) {
        return level.compareTo(threshold) <= 0;
    }

    private static LogLevel level(final Level level, final Marker marker) {
        return switch (level) {
            case ERROR -> has(marker, CRITICAL) ? LogLevel.CRITICAL : LogLevel.ERROR;
            case WARN -> LogLevel.WARNING;
            case INFO -> has(marker, NOTICE) ? LogLevel.NOTICE : LogLevel.INFO;
            case DEBUG -> LogLevel.DEBUG;
            case TRACE -> LogLevel.TRACE;
        };
    }

    private static boolean has(final Marker marker, final String name) {
        return marker != null && marker.getName().equals(name);
    }

    @Override
    protected void handleNormalizedLoggingCall(
            final Level level,
            final Marker marker,
            final String pattern,
            final Object[] arguments,
            final Throwable error) {
        // The last argument may be the error itself.
        final Throwable cause =
                error != null ? error : MessageFormatter.getThrowableCandidate(arguments);
        final Object[] others =
                error == null && cause != null
                        ? Arrays.copyOf(arguments, arguments.length - 1)
                        : arguments;
        final String text = MessageFormatter.basicArrayFormat(pattern, others);
        factory.write(level(level, marker), packageName, text, cause);
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return null;
    }

    @Override
    public boolean isTraceEnabled() {
        return isEnabled(LogLevel.TRACE);
    }

    @Override
    public boolean isTraceEnabled(final Marker marker) {
        return isTraceEnabled();
    }

    @Override
    public boolean isDebugEnabled() {
        return isEnabled(LogLevel.DEBUG);
    }

    @Override
    public boolean isDebugEnabled(final Marker marker) {
        return isDebugEnabled();
    }

    @Override
    public boolean isInfoEnabled() {
        return isEnabled(LogLevel.INFO);
    }

    @Override
    public boolean isInfoEnabled(final Marker marker) {
        return isEnabled(level(Level.INFO, marker));
    }

    @Override
    public boolean isWarnEnabled() {
        return isEnabled(LogLevel.WARNING);
    }

    @Override
    public boolean isWarnEnabled(final Marker marker) {
        return isWarnEnabled();
    }

    @Override
    public boolean isErrorEnabled() {
        return isEnabled(LogLevel.ERROR);
    }

    @Override
    public boolean isErrorEnabled(final Marker marker) {
        return isEnabled(level(Level.ERROR, marker));
    }
}
