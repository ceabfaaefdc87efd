package io.larch.engine.snapshot;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.agrona.DirectBuffer;

/** Prints what a snapshot holds, one record a line. */
public final class SnapshotDump {
    private SnapshotDump() {}

    /** Prints one record. */
    @FunctionalInterface
    public interface RecordPrinter {
        /**
         * @param record valid during the call.
         */
        void print(Appendable out, DirectBuffer record, int offset, int length) throws IOException;
    }

    /**
     * Prints a snapshot.
     *
     * @throws SnapshotException when it is damaged.
     */
    public static void dump(
            final Path snapshot, final RecordPrinter printer, final Appendable out) {
        try (SnapshotFile file = SnapshotFile.open(snapshot)) {
            out.append(
                    String.format(
                            "%s: %d bytes, cluster=%x index=%d term=%d configuration=%d bytes records=%d%n",
                            snapshot.getFileName(),
                            file.length(),
                            file.clusterId(),
                            file.lastIndex(),
                            file.lastTerm(),
                            file.config().capacity(),
                            file.recordCount()));
            while (file.nextSection()) {
                out.append(
                        String.format(
                                "section %s version=%d%n",
                                file.sectionName(), file.sectionVersion()));
                dumpSection(file, printer, out);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void dumpSection(
            final SnapshotFile file, final RecordPrinter printer, final Appendable out) {
        boolean more = true;
        for (long i = 0; more; i++) {
            final long number = i;
            more =
                    file.next(
                            (buffer, offset, length) ->
                                    print(printer, out, number, buffer, offset, length));
        }
    }

    private static void print(
            final RecordPrinter printer,
            final Appendable out,
            final long number,
            final DirectBuffer record,
            final int offset,
            final int length) {
        try {
            out.append(String.format("%8d length=%d ", number, length));
            printer.print(out, record, offset, length);
            out.append('\n');
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
