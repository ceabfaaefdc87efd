/**
 * The tree of keys, off the heap: nodes by path in a Chronicle Map and records by id in slabs
 * ({@code KeyTree}, {@code PathMap}, {@code NodeTable}), large values beside them, expirations in a
 * heap, records of the past for reads that take long, listings that did not change since they were
 * made, and what removals left behind.
 *
 * <p>On the thread of the application; views of a record are valid until the next call. Knows the
 * codec.
 *
 * <p>Read first: {@link io.larch.engine.keys.tree.KeyTree}, {@link
 * io.larch.engine.keys.tree.NodeFlyweight}.
 */
package io.larch.engine.keys.tree;
