package io.larch.tools.dump;

import java.io.PrintWriter;
import java.util.Map;
import org.agrona.DirectBuffer;

/** Where a dump goes, file by file, each record as named fields in order. */
interface RecordPrinter {
    /** A file begins. */
    void begin(String file, Map<String, Object> fields);

    /**
     * A record of it.
     *
     * @param offset where it begins; in a snapshot, how many records are in front of it.
     * @param body valid during the call; null: it has none.
     */
    void record(
            long offset,
            String type,
            Map<String, Object> fields,
            DirectBuffer body,
            int bodyOffset,
            int bodyLength);

    /**
     * Its end.
     *
     * @param offset behind the last good record.
     * @param problem why what stands there is none; null when the file is whole.
     */
    void end(String file, long records, long offset, String problem);

    /** As asked for on the command line. */
    static RecordPrinter of(final PrintWriter out, final boolean isJson, final boolean isVerify) {
        final RecordPrinter printer = isJson ? new JsonPrinter(out) : new TextPrinter(out);
        return isVerify ? new VerdictPrinter(printer) : printer;
    }
}
