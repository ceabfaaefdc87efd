/**
 * Which page a request goes to, as Go's mux with etcd's table decides it, and what a page sees of
 * its request and of the engine. A page is one entry that its class contributes.
 *
 * <p>Thread: tables never change; an exchange runs on its connection's event loop.
 *
 * <p>May know: {@link io.larch.http.wire}, {@link io.larch.http.go}, {@link io.larch.http.text},
 * the engine's queries. No page.
 *
 * <p>Read first: {@link io.larch.http.route.Exchange}.
 */
package io.larch.http.route;
