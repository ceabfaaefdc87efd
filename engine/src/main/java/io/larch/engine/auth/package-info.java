/**
 * The users and roles of the v2 API: an application of its own beside the keys, in which each
 * change makes another immutable {@link io.larch.engine.port.AuthView}. It has the rules and the
 * texts of etcd; who may do what is asked at the edges, which look at the newest view. Passwords
 * never come here, only their hashes.
 *
 * <p>All on the engine thread, but for the restoring of a new instance from a snapshot. Knows
 * {@code application}, {@code codec} and the view in {@code port}.
 *
 * <p>Read first: {@link io.larch.engine.auth.AuthApplication}, then {@link
 * io.larch.engine.auth.UserRules}.
 */
package io.larch.engine.auth;
