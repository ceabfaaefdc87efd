/**
 * The keys of the v2 API, the first application of the log: {@link io.larch.engine.keys.KeyWrites}
 * has etcd's rules, {@link io.larch.engine.keys.Store} puts tree, watches and history together,
 * {@link io.larch.engine.keys.KeysApplication} is its common door, {@code TreeRead} makes long
 * listings in slices, the snapshot's items are written and read here. The tree itself is in {@code
 * keys.tree}, watches and history are in {@code keys.watch}.
 *
 * <p>On the engine thread, deterministic, told the time; a new one may be filled from a snapshot on
 * another thread before it takes the old one's place. Knows the common door and the codec.
 *
 * <p>Read first: {@link io.larch.engine.keys.Store}.
 */
package io.larch.engine.keys;
