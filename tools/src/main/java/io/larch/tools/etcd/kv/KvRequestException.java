package io.larch.tools.etcd.kv;

/** A request of the log that was not applied. */
public final class KvRequestException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** Why. */
    public enum Kind {
        /** It cannot be read. */
        MALFORMED,
        /** It is of a kind that a later etcd has. */
        LATER,
        /** It changes keys, and of some users etcd does not take that. */
        GUARDED
    }

    KvRequestException(final Kind kind) {
        super(kind.toString());
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
