package io.larch.transport.tcp;

import javax.net.ssl.SSLEngine;

/**
 * Makes the TLS side of connections between members; asked anew for each of them, so certificates
 * may change in between. Called by threads that do handshakes.
 */
public interface TlsEngines {
    /** What both sides agree on by ALPN; every other connection is one for HTTP. */
    String PROTOCOL = "larch-peer/1";

    /**
     * For a connection that this member makes. Offers {@link #PROTOCOL}, shows the member's
     * certificate, and checks the other's.
     *
     * @param host as the peer's URL has it: the name that the other's certificate is to have.
     */
    SSLEngine dial(String host, int port);

    /** For a connection that was accepted. Takes {@link #PROTOCOL}; asks for a certificate. */
    SSLEngine accept();

    /** The connection has ended. */
    default void release(final SSLEngine engine) {}
}
