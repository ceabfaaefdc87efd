package io.larch.engine.mvcc;

import org.agrona.concurrent.UnsafeBuffer;

/** The keys of versions, read where their records lie. */
final class VersionKeys {
    private final Versions versions;
    private final RevisionLog log;

    VersionKeys(final Versions versions, final RevisionLog log) {
        this.versions = versions;
        this.log = log;
    }

    /**
     * Points a buffer at the key of a version.
     *
     * @return the buffer.
     */
    UnsafeBuffer wrap(final int id, final UnsafeBuffer key) {
        final long place = versions.place(id);
        final UnsafeBuffer buffer = log.buffer(place);
        final int offset = RevisionLog.offset(place);
        final int length = RecordLayout.keyLength(buffer, offset);
        key.wrap(buffer, RecordLayout.keyOffset(offset, length), length);
        return key;
    }
}
