/**
 * The store of the v3 API alone: all versions of all keys since the last compaction, off the heap.
 * Records in order of revisions in a log of segments that never change ({@code RevisionLog}), a
 * small changeable slot for each version ({@code Versions}), and an index of keys by their order,
 * which knows how many are live, and by their hash ({@code KeyIndex}). Knows no command, no reply
 * and no lease but its number.
 *
 * <p>On the thread of the application; views of a version are valid until the next slice of
 * compaction. Knows how {@code codec.kv} writes protobuf, and nothing else of the engine.
 *
 * <p>Read first: {@link io.larch.engine.mvcc.MvccStore}, then {@code RevisionLog}, {@code Versions}
 * and {@code KeyIndex}.
 */
package io.larch.engine.mvcc;
