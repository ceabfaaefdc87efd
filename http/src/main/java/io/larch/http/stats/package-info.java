/**
 * /v2/stats: counters of the store and of Raft as etcd prints them, and distributions of latencies,
 * which it does not have.
 *
 * <p>Thread: the event loop of the request; no state.
 *
 * <p>May know: {@link io.larch.http.route} and what it knows, the engine's queries.
 *
 * <p>Read first: {@link io.larch.http.stats.StatsPages}.
 */
package io.larch.http.stats;
