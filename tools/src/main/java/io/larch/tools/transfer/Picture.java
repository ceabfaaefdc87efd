package io.larch.tools.transfer;

import java.io.Closeable;
import java.io.IOException;

/**
 * All entries of a store below a prefix, and the prefix itself, in the order of {@link
 * Paths#ORDER}. Read piece by piece: only names on the way to the current entry are in memory. Not
 * threadsafe.
 */
interface Picture extends Closeable {
    /** The next entry; null: that was all. */
    Entry next() throws IOException;

    /**
     * Of the source's store; all changes up to it are in what is read. Known from the beginning.
     */
    long firstIndex();

    /** Changes behind it are in nothing that has been read so far. */
    long lastIndex();
}
