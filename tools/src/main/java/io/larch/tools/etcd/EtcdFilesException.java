package io.larch.tools.etcd;

import java.io.IOException;

/** Files of an etcd that cannot be read, or not be relied on. Nothing has been changed. */
public final class EtcdFilesException extends IOException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** What is wrong. */
    public enum Kind {
        /**
         * No data directory of etcd, one that an etcd uses right now, or one that we may not read.
         */
        UNUSABLE,
        /** A file is not as etcd has written it, or one is missing. */
        DAMAGED,
        /** They are of an etcd whose files mean what we do not know. */
        UNKNOWN
    }

    EtcdFilesException(final Kind kind, final String message) {
        super(message);
        this.kind = kind;
    }

    EtcdFilesException(final Kind kind, final String message, final Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    static EtcdFilesException damaged(final String message) {
        return new EtcdFilesException(Kind.DAMAGED, message);
    }

    static EtcdFilesException unusable(final String message) {
        return new EtcdFilesException(Kind.UNUSABLE, message);
    }

    public Kind kind() {
        return kind;
    }
}
