package io.larch.engine.wal;

/** How a batch of records gets from memory into the segment's file. */
public enum AppendPath {
    /** Staged in memory, then one positional write per batch; dirties only the blocks written. */
    WRITE,
    /** Stored straight through the mapping; one copy less, but each cleaned page faults again. */
    MAP
}
