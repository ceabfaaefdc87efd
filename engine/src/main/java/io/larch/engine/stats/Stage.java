package io.larch.engine.stats;

import java.util.Locale;

/** The parts of a write's way, which add up to what its client waits for the server. */
public enum Stage {
    /** Bytes read from the client until the command is handed to the engine. */
    EDGE,
    /** Handed over until the engine takes it. */
    QUEUE,
    /** Taken until it, and what came with it, is in the write-ahead log. */
    APPEND,
    /** In the log until this member's disk has it. */
    FSYNC,
    /**
     * Until a quorum has it too, which runs beside the sync: what it takes longer than that. On a
     * member that forwards: handed to the leader until it is back, committed.
     */
    REPLICATE,
    /** Committed until the tree has changed and the answer is made. */
    APPLY,
    /** The answer made until it is handed to the client's socket. */
    REPLY;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The name as the API prints it. */
    public String label() {
        return label;
    }
}
