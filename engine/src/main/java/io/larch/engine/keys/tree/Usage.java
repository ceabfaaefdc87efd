package io.larch.engine.keys.tree;

import io.larch.engine.keys.StoreContext;

/** Counts nodes and bytes as the limits of {@link StoreContext} do. */
public final class Usage {
    /** What a node is counted with, besides its name, value and path key. */
    static final int NODE_OVERHEAD = 160;

    private long nodes;
    private long bytes;

    public long nodes() {
        return nodes;
    }

    public long bytes() {
        return bytes;
    }

    void added(final int nameLength, final int valueLength, final int keyLength) {
        nodes++;
        bytes += bytesOf(nameLength, valueLength, keyLength);
    }

    void removed(final int nameLength, final int valueLength, final int keyLength) {
        nodes--;
        bytes -= bytesOf(nameLength, valueLength, keyLength);
    }

    void valueGrew(final int byBytes) {
        bytes += byBytes;
    }

    /** Bytes of one node whose key takes so many in the path map. */
    static long bytesOf(final int nameLength, final int valueLength, final int keyLength) {
        return (long) NODE_OVERHEAD + nameLength + valueLength + keyLength;
    }
}
