package io.larch.tools.transfer;

/**
 * What became of a transfer.
 *
 * @param sourceIndex up to which all is in the target.
 * @param entries keys and directories that the last pass saw in the source.
 * @param written keys and directories.
 * @param deleted keys, and directories with all below them.
 * @param followed changes that a watch told.
 * @param passes over all keys.
 * @param digest of both sides; null: they were not compared.
 */
public record Summary(
        String prefix,
        long sourceIndex,
        long entries,
        long written,
        long deleted,
        long followed,
        long passes,
        Digest digest) {}
