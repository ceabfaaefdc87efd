package io.larch.tools.transfer;

/**
 * One thing that became of a key of the source.
 *
 * @param index of the source's store.
 * @param isDelete whether the entry, of which then only path and kind count, is gone.
 */
record Change(long index, boolean isDelete, Entry entry) {}
