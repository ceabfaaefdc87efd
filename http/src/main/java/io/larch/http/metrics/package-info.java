/**
 * /metrics: what the event loops count, and all figures in Prometheus' text format.
 *
 * <p>Thread: counters are written by their event loop and read by any; the page runs on the event
 * loop of its request.
 *
 * <p>May know: {@link io.larch.http.route} and what it knows, {@link io.larch.http.output}'s
 * budget, the engine's queries, Prometheus' client.
 *
 * <p>Read first: {@link io.larch.http.metrics.EdgeCounters}.
 */
package io.larch.http.metrics;
