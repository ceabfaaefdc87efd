package io.larch.engine.wal;

import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Looks into the first segment of a log without opening the log: has its member got through its
 * first start? A crash in the middle of it leaves a log that says nothing yet. Only reads.
 */
public final class WalProbe {
    private WalProbe() {}

    /**
     * Whether a commit index above 0, or a snapshot, is recorded in front of any damage.
     *
     * @throws UncheckedIOException when the file cannot be read.
     */
    public static boolean knowsCommit(final Path segment) {
        try (WalScanner scanner = WalScanner.open(segment)) {
            while (scanner.next()) {
                final byte type = scanner.record().type();
                if (type == WalRecordFlyweight.RESET
                        || type == WalRecordFlyweight.HARD_STATE && scanner.record().index() > 0) {
                    return true;
                }
            }
            return false;
        }
    }
}
