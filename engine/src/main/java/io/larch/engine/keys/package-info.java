/**
 * The keys of the v2 API, the first application of the log: {@link io.larch.engine.keys.Store} has
 * etcd's rules, {@link io.larch.engine.keys.KeysApplication} is its common door, {@code TreeRead}
 * makes long listings in slices, the snapshot's items are written and read here. The tree itself is
 * in {@code keys.tree}, watches and history are in {@code keys.watch}.
 *
 * <p>On the engine thread, deterministic, told the time. Knows the common door and the codec.
 *
 * <p>Read first: {@link io.larch.engine.keys.Store}.
 */
package io.larch.engine.keys;
