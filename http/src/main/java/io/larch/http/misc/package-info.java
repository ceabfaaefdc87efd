/**
 * Version, health, readiness, variables and log level: what an operator asks a member.
 *
 * <p>Thread: the event loop of the request; no state.
 *
 * <p>May know: {@link io.larch.http.route} and what it knows, {@link io.larch.http.stats}, the
 * engine's queries.
 *
 * <p>Read first: {@link io.larch.http.misc.MiscPages}.
 */
package io.larch.http.misc;
