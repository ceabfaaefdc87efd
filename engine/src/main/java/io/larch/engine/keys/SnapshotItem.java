package io.larch.engine.keys;

/** What a snapshot consists of, in this order. The codes never change their meaning. */
final class SnapshotItem {
    static final int VERSION = 1;

    /** version (4), storeIndex (8), oldest event's index (8), number of counters (4), counters. */
    static final byte HEADER = 1;

    /** An event's bytes, none for one that no watch may see. From the oldest to the newest. */
    static final byte EVENT = 2;

    /**
     * id, parent id, flags (4 each), modifiedIndex, createdIndex, expirationNanos, ttlIndex (8
     * each), name length, value length (4 each), name, value. In any order, mixed with events.
     */
    static final byte NODE = 3;

    /** Number of nodes (8). */
    static final byte END = 4;

    /** Length in front of an item, which counts the code and what follows. */
    static final int LENGTH_BYTES = Integer.BYTES;

    /** Where an item's body starts, behind length and code. */
    static final int BODY = LENGTH_BYTES + 1;

    static final int NODE_HEADER_LENGTH = 52;

    private SnapshotItem() {}
}
