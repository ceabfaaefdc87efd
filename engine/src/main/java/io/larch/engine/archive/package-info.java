/**
 * What a member puts aside for restores to a moment of the past: files that do not change any more,
 * kept in a directory that the member never deletes from ({@link io.larch.engine.archive.Archive}).
 *
 * <p>Files are named by any thread and put aside on one of the archive's own. Knows the disk alone.
 */
package io.larch.engine.archive;
