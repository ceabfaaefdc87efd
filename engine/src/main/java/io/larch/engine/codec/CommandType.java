package io.larch.engine.codec;

/**
 * What a client, or the cluster itself, asks of the state machine. The code is stored in logs and
 * snapshots and never changes its meaning.
 */
public enum CommandType {
    /** Read a node; never in the log. */
    GET(1, false),
    /** Watch a node; never in the log. */
    WATCH(2, false),
    /** Take back a watch or a read; never in the log. */
    CANCEL(3, false),
    /** Ask for the next part of a read that is told in parts; never in the log. */
    MORE(4, false),
    SET(16, true),
    CREATE(17, true),
    CREATE_IN_ORDER(18, true),
    UPDATE(19, true),
    COMPARE_AND_SWAP(20, true),
    DELETE(21, true),
    COMPARE_AND_DELETE(22, true),
    /** Removes all that expired at or before the command's timestamp. */
    SYNC(23, true),
    /** A member publishes its name and client URLs; takes one store index. */
    PUBLISH_MEMBER(24, true),
    /** The leader sets the cluster version; takes one store index. */
    CLUSTER_VERSION(25, true),
    /**
     * Removes what expired at or before the command's timestamp, but of each application no more
     * than the number that its value, four bytes, says; the next one goes on.
     */
    SYNC_SOME(26, true);

    private static final CommandType[] BY_CODE = new CommandType[32];

    static {
        for (final CommandType type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    private final byte code;
    private final boolean write;

    CommandType(final int code, final boolean write) {
        this.code = (byte) code;
        this.write = write;
    }

    public byte code() {
        return code;
    }

    /** Whether the command goes through the log. */
    public boolean isWrite() {
        return write;
    }

    /** Whether it is one that the cluster proposes by itself; no client can. */
    public boolean isOwn() {
        return isSync() || this == PUBLISH_MEMBER || this == CLUSTER_VERSION;
    }

    /** Whether it lets things expire. */
    public boolean isSync() {
        return this == SYNC || this == SYNC_SOME;
    }

    /** Whether this version knows a code. */
    public static boolean isKnown(final byte code) {
        return code >= 0 && code < BY_CODE.length && BY_CODE[code] != null;
    }

    /**
     * @throws IllegalArgumentException for a code this version does not know.
     */
    public static CommandType of(final byte code) {
        if (!isKnown(code)) {
            throw new IllegalArgumentException("unknown command type: " + code);
        }
        return BY_CODE[code];
    }
}
