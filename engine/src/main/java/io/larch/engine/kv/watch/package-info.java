/**
 * Watches of the v3 API: who watches what ({@link io.larch.engine.kv.watch.WatchIndex}), what is
 * told of each revision and to whom ({@link io.larch.engine.kv.watch.EventBatch}), how far that is
 * and how long a slice of it may be ({@link io.larch.engine.kv.watch.Telling}), and how those that
 * begin in the past catch up ({@link io.larch.engine.kv.watch.WatchHub}). The store's history is
 * all there is to tell from: nothing is queued for anybody.
 *
 * <p>On the engine thread. Knows {@code mvcc}, {@code application} and {@code codec}.
 *
 * <p>Read first: {@link io.larch.engine.kv.watch.WatchHub}.
 */
package io.larch.engine.kv.watch;
