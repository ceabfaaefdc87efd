package io.larch.tools.etcd;

/**
 * What a request says of the time a key has to live.
 *
 * @param expirationNanos since 1970; {@link StoredNode#NEVER}: it has no TTL.
 * @param isRefresh whether the value stays as it is.
 */
record Ttl(long expirationNanos, boolean isRefresh) {
    static final Ttl NONE = new Ttl(StoredNode.NEVER, false);
}
