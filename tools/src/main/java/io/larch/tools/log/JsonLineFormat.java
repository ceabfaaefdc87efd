package io.larch.tools.log;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** An object a line, with the names and words that etcd 3 has from zap. */
final class JsonLineFormat implements LogFormat {
    private static final JsonFactory JSON = new JsonFactory();

    private final DateTimeFormatter time;

    JsonLineFormat(final ZoneId zone) {
        time = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXX").withZone(zone);
    }

    @Override
    public String format(
            final Instant instant,
            final LogLevel level,
            final String packageName,
            final String text,
            final Throwable error) {
        final StringWriter line = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField("level", word(level));
            json.writeStringField("ts", time.format(instant));
            json.writeStringField("logger", packageName);
            json.writeStringField("msg", text);
            if (error != null) {
                final StringWriter trace = new StringWriter();
                error.printStackTrace(new PrintWriter(trace));
                json.writeStringField("stacktrace", trace.toString());
            }
            json.writeEndObject();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        return line.append('\n').toString();
    }

    private static String word(final LogLevel level) {
        return switch (level) {
            case CRITICAL -> "fatal";
            case ERROR -> "error";
            case WARNING -> "warn";
            case NOTICE, INFO -> "info";
            case DEBUG, TRACE -> "debug";
        };
    }
}
