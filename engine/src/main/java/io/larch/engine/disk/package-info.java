/**
 * A directory and its files as log and snapshots see them, so that a test can stand in for the
 * disk: {@link io.larch.engine.disk.Directory}, {@link io.larch.engine.disk.DiskFile}, and the real
 * ones in {@link io.larch.engine.disk.LocalDirectory}. Knows by the error's number when there is no
 * room.
 *
 * <p>Called by whichever thread does the work; each file belongs to one. Knows nothing of the
 * engine.
 *
 * <p>Read first: {@link io.larch.engine.disk.Directory}.
 */
package io.larch.engine.disk;
