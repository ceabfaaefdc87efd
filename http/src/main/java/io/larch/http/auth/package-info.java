/**
 * Users and roles at the edge: the pages below /v2/auth, and the guard that says of each request
 * whether its sender may do what it asks. Both look at the newest {@link
 * io.larch.engine.port.AuthView} and never wait for it. Passwords come as far as here: they are
 * hashed and compared by one {@link io.larch.http.auth.PasswordWorker}, and what was found right is
 * remembered as a keyed digest.
 *
 * <p>Thread: pages and guard on the event loop of the request; the worker has threads of its own.
 *
 * <p>May know: {@link io.larch.http.route} and what it knows, the texts of Go, the commands and
 * answers of the application, {@link io.larch.http.metrics}' counters, {@link
 * io.larch.http.listen}, bcrypt, Jackson's parser.
 *
 * <p>Read first: {@link io.larch.http.auth.Guard}, then {@link io.larch.http.auth.AuthPages}.
 */
package io.larch.http.auth;
