/**
 * Snapshots outside of a member: saved from a running one, looked at, made for a moment of the past
 * out of an archive ({@link io.larch.tools.backup.PastState}), and made the beginning of a new
 * cluster. It blocks the thread that asks.
 *
 * <p>Knows the readers and writers of a member's files, the engine's replay of a log, and the
 * client's side of HTTP.
 *
 * <p>Read first: {@link io.larch.tools.backup.RestoredMember}, then {@code PastState}.
 */
package io.larch.tools.backup;
