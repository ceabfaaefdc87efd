package io.larch.tools.bootstrap.discovery;

/** The other members of a new cluster cannot be found, for good. */
public final class DiscoveryException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Reason reason;

    DiscoveryException(final Reason reason, final String message) {
        super(message);
        this.reason = reason;
    }

    static DiscoveryException of(final Reason reason) {
        return new DiscoveryException(reason, reason.text);
    }

    static DiscoveryException other(final String message) {
        return new DiscoveryException(Reason.OTHER, message);
    }

    /** What is wrong. */
    public Reason reason() {
        return reason;
    }

    /** Cases that are told apart, with etcd's words. */
    public enum Reason {
        /** This member registered before, and has lost its data since. */
        DUPLICATE_ID("discovery: found duplicate id"),
        /** Two members have the same name. */
        DUPLICATE_NAME("discovery: found duplicate name"),
        /** All places are taken. */
        FULL("discovery: cluster is full"),
        /** The token says no size. */
        NO_SIZE("discovery: size key not found"),
        /** The token's size is no number above 0. */
        BAD_SIZE("discovery: size key is bad"),
        /** Somebody registered what is no list of members. */
        BAD_URL("discovery: invalid URL"),
        /** What answers is no key-value service. */
        BAD_ENDPOINT("discovery: bad discovery endpoint"),
        /** All else; the message tells. */
        OTHER("");

        private final String text;

        Reason(final String text) {
            this.text = text;
        }
    }
}
