package io.larch.engine.codec.kv;

/**
 * Why the v3 application refuses: gRPC's status code and the text, both as etcd 3.4 and later tell
 * them. The own code is in the answers between engine and edge only.
 */
public enum KvError {
    KEY_NOT_PROVIDED(3, "etcdserver: key is not provided"),
    /** ignore_value or ignore_lease for a key that is not there; an operation that says nothing. */
    KEY_NOT_FOUND(3, "etcdserver: key not found"),
    VALUE_PROVIDED(3, "etcdserver: value is provided"),
    LEASE_PROVIDED(3, "etcdserver: lease is provided"),
    TOO_MANY_OPERATIONS(3, "etcdserver: too many operations in txn request"),
    DUPLICATE_KEY(3, "etcdserver: duplicate key given in txn request"),
    INVALID_SORT_OPTION(3, "etcdserver: invalid sort option"),
    REQUEST_TOO_LARGE(3, "etcdserver: request is too large"),
    COMPACTED(11, "etcdserver: mvcc: required revision has been compacted"),
    FUTURE_REVISION(11, "etcdserver: mvcc: required revision is a future revision"),
    NO_SPACE(8, "etcdserver: mvcc: database space exceeded"),
    LEASE_NOT_FOUND(5, "etcdserver: requested lease not found"),
    LEASE_EXISTS(9, "etcdserver: lease already exists"),
    LEASE_TTL_TOO_LARGE(11, "etcdserver: too large lease TTL");

    private static final KvError[] VALUES = values();

    private final int status;
    private final String text;

    KvError(final int status, final String text) {
        this.status = status;
        this.text = text;
    }

    /** From 1. */
    public int code() {
        return ordinal() + 1;
    }

    /** Of gRPC. */
    public int status() {
        return status;
    }

    public String text() {
        return text;
    }

    /**
     * @throws IndexOutOfBoundsException for a code that is none.
     */
    public static KvError of(final int code) {
        return VALUES[code - 1];
    }
}
