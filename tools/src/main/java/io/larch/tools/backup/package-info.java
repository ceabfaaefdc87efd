/**
 * Snapshots outside of a member: saved from a running one, looked at, and made the beginning of a
 * new cluster. It blocks the thread that asks.
 *
 * <p>Knows the readers and writers of a member's files, and the client's side of HTTP.
 *
 * <p>Read first: {@link io.larch.tools.backup.RestoredMember}.
 */
package io.larch.tools.backup;
