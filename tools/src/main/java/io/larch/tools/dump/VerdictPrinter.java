package io.larch.tools.dump;

import java.util.Map;
import org.agrona.DirectBuffer;

/** Prints of each file only how it ends. */
record VerdictPrinter(RecordPrinter printer) implements RecordPrinter {
    @Override
    public void begin(final String file, final Map<String, Object> fields) {}

    @Override
    public void record(
            final long offset,
            final String type,
            final Map<String, Object> fields,
            final DirectBuffer body,
            final int bodyOffset,
            final int bodyLength) {}

    @Override
    public void end(
            final String file, final long records, final long offset, final String problem) {
        printer.end(file, records, offset, problem);
    }
}
