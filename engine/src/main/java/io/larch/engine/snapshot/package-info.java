/**
 * Snapshots: when one is taken ({@link io.larch.engine.snapshot.SnapshotScheduler}), its file of
 * named sections ({@link io.larch.engine.snapshot.SnapshotTaker}, {@link
 * io.larch.engine.snapshot.SnapshotFile}), and how one comes from another member ({@link
 * io.larch.engine.snapshot.SnapshotInbox}, {@code SnapshotDownload}) and takes the place of the
 * state ({@link io.larch.engine.snapshot.SnapshotInstaller}). A client gets one by {@code
 * StateExports}; {@link io.larch.engine.snapshot.NewCluster} makes it the beginning of another
 * cluster.
 *
 * <p>Decisions are the engine thread's; files are written, checked and read by one task at a time
 * of the context's executor. Knows applications through their common door, disk, Raft and the
 * members.
 *
 * <p>Read first: {@link io.larch.engine.snapshot.SnapshotScheduler}, then the file's two
 * flyweights.
 */
package io.larch.engine.snapshot;
