package io.larch.tools.transfer;

import io.larch.tools.transfer.KvTarget.Change;
import io.larch.tools.transfer.KvTarget.TooLargeException;
import io.larch.tools.transfer.TransferException.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes changes in their order, many in one transaction, and so in one revision. A transaction is
 * made smaller when the store takes none so large. Used by one thread.
 */
final class KvWriter {
    /** What stores take if they are not told otherwise. */
    private static final int MAX_CHANGES = 128;

    private static final int MAX_BYTES = 512 << 10;

    private final KvTarget target;
    private final List<Change> waiting = new ArrayList<>();
    private int maxChanges = MAX_CHANGES;
    private int waitingBytes;
    private long written;

    KvWriter(final KvTarget target) {
        this.target = target;
    }

    /** How many changes are done. */
    long written() {
        return written;
    }

    /** Writes it soon. */
    void add(final Change change) throws IOException {
        if (waiting.size() >= maxChanges || waitingBytes + change.length() > MAX_BYTES) {
            flush();
        }
        waiting.add(change);
        waitingBytes += change.length();
    }

    /** What comes is of another revision. */
    void flush() throws IOException {
        write(waiting);
        waiting.clear();
        waitingBytes = 0;
    }

    private void write(final List<Change> changes) throws IOException {
        if (changes.isEmpty()) {
            return;
        }
        try {
            target.change(changes);
            written += changes.size();
        } catch (final TooLargeException e) {
            if (changes.size() == 1) {
                throw new TransferException(
                        Kind.REFUSED,
                        "the target refuses the key %s with %d bytes: %s; --max-request-bytes of its"
                                        .formatted(
                                                KvText.of(changes.get(0).key()),
                                                changes.get(0).length(),
                                                e.getMessage())
                                + " members allows more",
                        e);
            }
            final int half = changes.size() / 2;
            maxChanges = Math.min(maxChanges, half);
            write(changes.subList(0, half));
            write(changes.subList(half, changes.size()));
        }
    }
}
