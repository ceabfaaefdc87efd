package io.larch.tools.transfer;

import io.larch.tools.transfer.KvClient.Change;
import io.larch.tools.transfer.TransferException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes groups of changes in their order, several groups in one transaction, and so in one
 * revision. A transaction is made smaller when the store takes none so large: then a group may come
 * in several. Used by one thread.
 *
 * <pre>
 *   a key changes once in a transaction
 *   what is deleted and made again is deleted in one and made in another
 * </pre>
 */
final class KvWriter {
    /** What stores take if they are not told otherwise. */
    private static final int MAX_CHANGES = 128;

    private static final int MAX_BYTES = 512 << 10;
    private static final int MAX_REVIVALS = 3;

    private final KvClient target;
    private final KvLeases leases;
    private final Map<ByteBuffer, Change> waiting = new LinkedHashMap<>();
    private int maxChanges = MAX_CHANGES;
    private long waitingBytes;
    private boolean isClosed;
    private long written;
    private long deleted;

    KvWriter(final KvClient target, final KvLeases leases) {
        this.target = target;
        this.leases = leases;
    }

    /** How many keys are written. */
    long written() {
        return written;
    }

    /** How many keys are deleted, whether they were there or not. */
    long deleted() {
        return deleted;
    }

    /** Whether all that was added is written. */
    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Writes it soon. */
    void add(final KvGroup group) throws IOException {
        if (isClosed || group.isApart() || !fits(group)) {
            flush();
        }
        for (final Change change : group.changes()) {
            final Change before = waiting.put(ByteBuffer.wrap(change.key()), change);
            waitingBytes += change.length() - (before == null ? 0 : before.length());
        }
        isClosed = group.isApart();
    }

    private boolean fits(final KvGroup group) {
        return waiting.size() + group.changes().size() <= maxChanges
                && waitingBytes + group.length() <= MAX_BYTES
                && group.changes().stream().allMatch(this::replaces);
    }

    /** Or has nothing to replace. */
    private boolean replaces(final Change change) {
        final Change before = waiting.get(ByteBuffer.wrap(change.key()));
        return before == null || before.isPut() && change.isPut() && !change.isCreation();
    }

    /** Writes all that was added. */
    void flush() throws IOException {
        if (!waiting.isEmpty()) {
            write(List.copyOf(waiting.values()));
        }
        forget();
    }

    /** Leaves what was added and is not written. */
    void forget() {
        waiting.clear();
        waitingBytes = 0;
        isClosed = false;
    }

    private void write(final List<Change> changes) throws IOException {
        try {
            writeWithLeases(changes);
            final long puts = changes.stream().filter(Change::isPut).count();
            written += puts;
            deleted += changes.size() - puts;
        } catch (final KvClient.TooLargeException e) {
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
            if (changes.stream().mapToLong(Change::length).sum() <= MAX_BYTES) {
                maxChanges = Math.min(maxChanges, half);
            }
            write(changes.subList(0, half));
            write(changes.subList(half, changes.size()));
        }
    }

    private void writeWithLeases(final List<Change> changes) throws IOException {
        for (int i = 0; ; i++) {
            try {
                target.change(changes);
                return;
            } catch (final KvClient.NoLeaseException e) {
                if (i == MAX_REVIVALS) {
                    throw new TransferException(
                            Kind.REFUSED,
                            "a lease has ended in the %s before its keys were there: %s"
                                    .formatted(target.site().name(), e.getMessage()),
                            e);
                }
                for (final Change each : changes) {
                    if (each.lease() != 0) {
                        leases.reviveIfEnded(each.lease());
                    }
                }
            }
        }
    }
}
