/**
 * A proxy: takes requests of clients as a member does, and passes them on to the members, whole
 * bodies there and streams back. Knows no engine and no keys.
 *
 * <p>Thread: a client's connection, and those to members that serve it, are on one event loop;
 * nothing is locked. {@code Endpoints} is shared, and written by the thread that looks for members.
 *
 * <p>May know: {@code listen}, {@code tls}, {@code metrics}' counters, the input budget of {@code
 * wire}, Netty with its HTTP codec.
 *
 * <p>Read first: {@link io.larch.http.proxy.ProxyEdge}, then {@code ProxyConnection} and {@code
 * Forwarding}.
 */
package io.larch.http.proxy;
