package io.larch.tools.dump;

import io.larch.engine.snapshot.SnapshotException;
import io.larch.engine.snapshot.SnapshotFile;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.agrona.DirectBuffer;

/** Dumps one snapshot. */
final class SnapshotFileDump {
    private final RecordPrinter printer;
    private long records;

    SnapshotFileDump(final RecordPrinter printer) {
        this.printer = printer;
    }

    /**
     * @return whether it is whole.
     */
    boolean dump(final Path snapshot) {
        final String file = String.valueOf(snapshot.getFileName());
        try (SnapshotFile content = SnapshotFile.open(snapshot)) {
            final Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("bytes", content.length());
            fields.put("cluster", Hex.of(content.clusterId()));
            fields.put("index", content.lastIndex());
            fields.put("term", content.lastTerm());
            fields.put("configurationBytes", content.config().capacity());
            printer.begin(file, fields);
            while (content.nextSection()) {
                final Map<String, Object> section = new LinkedHashMap<>();
                section.put("name", content.sectionName());
                section.put("version", content.sectionVersion());
                printer.record(records, "section", section, null, 0, 0);
                printRecords(content);
            }
            printer.end(file, records, content.length(), null);
            return true;
        } catch (final SnapshotException e) {
            printer.end(file, records, e.position(), e.getMessage());
            return false;
        }
    }

    private void printRecords(final SnapshotFile content) {
        boolean isMore = true;
        while (isMore) {
            isMore = content.next(this::print);
        }
    }

    private void print(final DirectBuffer record, final int offset, final int length) {
        printer.record(records++, "record", Map.of(), record, offset, length);
    }
}
