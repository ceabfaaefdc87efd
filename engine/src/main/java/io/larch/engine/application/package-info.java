/**
 * The door between the engine and what it replicates. An {@link
 * io.larch.engine.application.Application} is deterministic state that committed commands change:
 * the keys of the v2 API are one. It is all that an application knows of the engine, and all that
 * the engine knows of one; the place that builds a member hands the applications in.
 *
 * <p>All of it runs on the engine thread, but for the restoring of a new instance from a snapshot.
 * Knows the command envelope of {@code codec} and nothing else of the engine.
 *
 * <p>Read first: {@link io.larch.engine.application.Application}, then {@link
 * io.larch.engine.application.SnapshotSection}.
 */
package io.larch.engine.application;
