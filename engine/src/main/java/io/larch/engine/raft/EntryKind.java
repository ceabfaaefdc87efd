package io.larch.engine.raft;

/** What an entry of the Raft log holds. */
public final class EntryKind {
    /** The empty entry of a new leader. */
    public static final byte NOOP = 0;

    /** A command of the state machine. */
    public static final byte COMMAND = 1;

    /** A change of the membership. */
    public static final byte CONF_CHANGE = 2;

    private EntryKind() {}
}
