package io.larch.engine.kv;

import io.larch.engine.application.StateSource;
import io.larch.engine.mvcc.ExportSummary;
import org.agrona.DirectBuffer;

/**
 * What is in the v3 API's section of a snapshot, without a state made of it.
 *
 * @param versions puts and deletions, those of keys that are gone too.
 */
public record KvSummary(
        long revision, long compactedRevision, long keys, long versions, long leases) {
    /** Of a member that never had anything to do with v3. */
    public static final KvSummary NONE = new KvSummary(1, 0, 0, 0, 0);

    /**
     * Reads a section to its end.
     *
     * @throws IllegalStateException if it is not whole.
     */
    public static KvSummary read(final StateSource records) {
        final Reader reader = new Reader();
        while (records.next(reader::onRecord)) {
            // The reader counts.
        }
        if (!reader.store.isWhole()) {
            throw new IllegalStateException(
                    "the snapshot's section " + KvApplication.SECTION + " is not whole");
        }
        return new KvSummary(
                reader.store.revision(),
                reader.store.compactedRevision(),
                reader.store.keys(),
                reader.store.versions(),
                reader.leases);
    }

    private static final class Reader {
        private final ExportSummary store = new ExportSummary();
        private long leases;

        void onRecord(final DirectBuffer buffer, final int offset, final int length) {
            final byte kind = length > 0 ? buffer.getByte(offset) : 0;
            if (kind == KvSection.STORE) {
                store.onRecord(buffer, offset + 1, length - 1);
            } else if (kind == KvSection.LEASE) {
                leases++;
            }
        }
    }
}
