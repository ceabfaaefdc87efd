package io.larch.tools.stat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.larch.engine.stats.CounterFile;
import io.larch.engine.stats.CounterFile.Counter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/**
 * For programs: an object a line, {@code {"memberId", "clusterId", "pid", "startMs", "publishedMs",
 * "counters": [{"name", "unit", "value"}]}}; ids in hex as elsewhere, times since the epoch.
 */
final class JsonPrinter implements CounterPrinter {
    private static final JsonFactory JSON = new JsonFactory();

    private final PrintWriter out;

    JsonPrinter(final PrintWriter out) {
        this.out = out;
    }

    @Override
    public void print(final CounterFile.Picture picture) {
        final StringWriter line = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeStringField("memberId", Long.toHexString(picture.memberId()));
            json.writeStringField("clusterId", Long.toHexString(picture.clusterId()));
            json.writeNumberField("pid", picture.pid());
            json.writeNumberField("startMs", picture.startMs());
            json.writeNumberField("publishedMs", picture.publishedMs());
            json.writeArrayFieldStart("counters");
            for (final Counter counter : picture.counters()) {
                json.writeStartObject();
                json.writeStringField("name", counter.name());
                json.writeStringField("unit", counter.unit());
                json.writeNumberField("value", counter.value());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
        out.println(line);
        out.flush();
    }
}
