/**
 * Pages of etcd 0.4 that 2.x dropped and old tools still ask for.
 *
 * <p>Thread: the event loop of the request; no state.
 *
 * <p>May know: {@link io.larch.http.route} and what it knows, {@link io.larch.http.members} for
 * what is said of refused changes, the engine's queries.
 *
 * <p>Read first: {@link io.larch.http.legacy.AdminPages}.
 */
package io.larch.http.legacy;
