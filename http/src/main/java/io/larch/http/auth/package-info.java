/**
 * /v2/auth as a cluster answers whose authentication was never touched.
 *
 * <p>Thread: the event loop of the request; no state.
 *
 * <p>May know: {@link io.larch.http.route} and what it knows.
 *
 * <p>Read first: {@link io.larch.http.auth.AuthPages}.
 */
package io.larch.http.auth;
