/**
 * TLS in front of a connection: handshakes in slices beside all else, what is said and counted of
 * those that fail, and the end of a connection inside TLS.
 *
 * <p>Thread: the connection's event loop; what is slow in a handshake runs on {@code larch-tls},
 * and handshakes that nobody waits for, before the first client, on {@code larch-rehearsal}.
 *
 * <p>May know: {@link io.larch.http.listen}, {@link io.larch.http.metrics}' counters, Netty; of
 * contexts only a supplier.
 *
 * <p>Read first: {@link io.larch.http.tls.TlsHandshake}.
 */
package io.larch.http.tls;
