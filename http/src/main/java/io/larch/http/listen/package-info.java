/**
 * Accepting connections: how many may be open, how they are kept alive, what is said when the
 * system hands none over.
 *
 * <p>Thread: the listener's event loop; limits are shared by all.
 *
 * <p>May know: {@link io.larch.http.metrics}' counters, Netty.
 *
 * <p>Read first: {@link io.larch.http.listen.ConnectionLimit}.
 */
package io.larch.http.listen;
