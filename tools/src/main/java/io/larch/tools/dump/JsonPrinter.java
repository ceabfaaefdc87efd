package io.larch.tools.dump;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.agrona.DirectBuffer;

/** One JSON object a line; bodies are whole and in hexadecimal. */
final class JsonPrinter implements RecordPrinter {
    private final PrintWriter out;

    JsonPrinter(final PrintWriter out) {
        this.out = out;
    }

    @Override
    public void begin(final String file, final Map<String, Object> fields) {
        final Map<String, Object> line = new LinkedHashMap<>();
        line.put("file", file);
        line.putAll(fields);
        print(line);
    }

    @Override
    public void record(
            final long offset,
            final String type,
            final Map<String, Object> fields,
            final DirectBuffer body,
            final int bodyOffset,
            final int bodyLength) {
        final Map<String, Object> line = new LinkedHashMap<>();
        line.put("offset", offset);
        line.put("type", type);
        line.putAll(fields);
        if (body != null) {
            line.put("body", Hex.of(body, bodyOffset, bodyLength));
        }
        print(line);
    }

    @Override
    public void end(
            final String file, final long records, final long offset, final String problem) {
        final Map<String, Object> line = new LinkedHashMap<>();
        line.put("file", file);
        line.put("records", records);
        line.put("offset", offset);
        line.put("isWhole", problem == null);
        if (problem != null) {
            line.put("problem", problem);
        }
        print(line);
    }

    private void print(final Map<String, Object> line) {
        try {
            out.println(JSON.std.asString(line));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
