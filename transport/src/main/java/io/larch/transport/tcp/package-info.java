/**
 * Frames between members over TCP, plain or within TLS: sockets, handshakes, who may come in, and
 * which connection is none of a member. Everything runs on the thread that drives the transport,
 * which reads and writes sockets that are ready and never waits; only the steps of TLS handshakes
 * are taken by two threads that come and go. Knows {@code javax.net.ssl} and nothing of who makes
 * its engines.
 *
 * <p>Read first: {@link io.larch.transport.tcp.TcpPeerTransport}, {@link
 * io.larch.transport.tcp.OutgoingStream}, {@link io.larch.transport.tcp.IncomingStream}.
 */
package io.larch.transport.tcp;
