package io.larch.tools.dump;

import io.larch.engine.raft.EntryKind;
import io.larch.engine.wal.WalRecordFlyweight;
import io.larch.engine.wal.WalScanner;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Dumps the segments of one log. */
final class WalFileDump {
    private final RecordPrinter printer;
    private final CommandFields command = new CommandFields();

    WalFileDump(final RecordPrinter printer) {
        this.printer = printer;
    }

    /**
     * @param segments in their order, without a gap.
     * @return whether all are whole.
     */
    boolean dump(final List<Path> segments) {
        boolean areWhole = true;
        WalScanner before = null;
        try {
            for (final Path segment : segments) {
                final WalScanner scanner = WalScanner.open(segment, before);
                if (before != null) {
                    before.close();
                }
                before = scanner;
                areWhole &= dump(segment, scanner);
            }
        } finally {
            if (before != null) {
                before.close();
            }
        }
        return areWhole;
    }

    private boolean dump(final Path segment, final WalScanner scanner) {
        final String file = String.valueOf(segment.getFileName());
        printer.begin(file, Map.of("bytes", scanner.fileLength()));
        long records = 0;
        while (scanner.next()) {
            records++;
            print(scanner.offset(), scanner.record());
        }
        printer.end(file, records, scanner.offset(), scanner.problem());
        return scanner.problem() == null;
    }

    private void print(final long offset, final WalRecordFlyweight record) {
        final Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("position", record.position());
        switch (record.type()) {
            case WalRecordFlyweight.SEGMENT -> {
                fields.put("sequence", record.segmentSequence());
                fields.put("version", record.segmentVersion());
                fields.put("segmentLength", record.segmentLength());
                fields.put("nextIndex", record.index());
                fields.put("termBefore", record.term());
            }
            case WalRecordFlyweight.HARD_STATE -> {
                fields.put("term", record.term());
                fields.put("vote", Hex.of(record.votedFor()));
                fields.put("commit", record.index());
            }
            case WalRecordFlyweight.META -> {
                fields.put("cluster", Hex.of(record.term()));
                fields.put("member", Hex.of(record.index()));
            }
            default -> {
                fields.put("index", record.index());
                fields.put("term", record.term());
            }
        }
        final boolean hasBody =
                record.type() == WalRecordFlyweight.ENTRY
                        || record.type() == WalRecordFlyweight.META;
        if (record.type() == WalRecordFlyweight.ENTRY) {
            fields.put("kind", kind(record.kind()));
            if (record.kind() == EntryKind.COMMAND) {
                command.put(fields, record.buffer(), record.bodyOffset(), record.bodyLength());
            }
        }
        printer.record(
                offset,
                record.typeName(),
                fields,
                hasBody ? record.buffer() : null,
                record.bodyOffset(),
                record.bodyLength());
    }

    private static String kind(final byte kind) {
        return switch (kind) {
            case EntryKind.NOOP -> "noop";
            case EntryKind.COMMAND -> "command";
            case EntryKind.CONF_CHANGE -> "confChange";
            default -> "unknown(" + kind + ")";
        };
    }
}
