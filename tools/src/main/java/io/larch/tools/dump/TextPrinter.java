package io.larch.tools.dump;

import java.io.PrintWriter;
import java.util.Map;
import java.util.regex.Pattern;
import org.agrona.DirectBuffer;

/** One line a record: offset, type, fields, and the first bytes of the body in hexadecimal. */
record TextPrinter(PrintWriter out) implements RecordPrinter {
    private static final int MAX_HEX_BYTES = 32;
    private static final Pattern CONTROL =
            Pattern.compile("[\\p{Cntrl}\\u2028\\u2029]", Pattern.UNICODE_CHARACTER_CLASS);

    @Override
    public void begin(final String file, final Map<String, Object> fields) {
        out.print(file);
        print(fields);
        out.println();
    }

    @Override
    public void record(
            final long offset,
            final String type,
            final Map<String, Object> fields,
            final DirectBuffer body,
            final int bodyOffset,
            final int bodyLength) {
        out.printf("%10d %s", offset, type);
        print(fields);
        if (body != null) {
            out.printf(" length=%d ", bodyLength);
            out.print(Hex.of(body, bodyOffset, Math.min(bodyLength, MAX_HEX_BYTES)));
            out.print(bodyLength > MAX_HEX_BYTES ? "..." : "");
        }
        out.println();
    }

    private void print(final Map<String, Object> fields) {
        fields.forEach((name, value) -> out.print(" " + name + "=" + oneLine(value)));
    }

    /** Clients choose the names of keys, and must not forge lines or speak to a terminal. */
    private static String oneLine(final Object value) {
        return CONTROL.matcher(String.valueOf(value))
                .replaceAll(found -> "\\\\u%04x".formatted((int) found.group().charAt(0)));
    }

    @Override
    public void end(
            final String file, final long records, final long offset, final String problem) {
        if (problem == null) {
            out.printf("%s: %d records, whole up to %d%n", file, records, offset);
        } else {
            out.printf("%s: damaged at %d behind %d records: %s%n", file, offset, records, problem);
        }
    }
}
