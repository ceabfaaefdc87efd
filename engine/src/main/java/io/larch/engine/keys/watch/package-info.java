/**
 * Who is told of which change of a key: {@link io.larch.engine.keys.watch.WatcherHub} finds the
 * watches of a path, {@link io.larch.engine.keys.watch.EventHistory} keeps the last events, off the
 * heap, for those that ask for the past.
 *
 * <p>On the engine thread. Knows the tree's paths and the codec; tells through the application's
 * sink.
 *
 * <p>Read first: {@link io.larch.engine.keys.watch.WatcherHub}.
 */
package io.larch.engine.keys.watch;
