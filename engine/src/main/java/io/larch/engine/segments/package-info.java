/**
 * Where the segments of the v3 keys' log lie: in memory up to a budget, in mapped files beyond it.
 * The files are scratch: after a restart all comes from a snapshot and the log.
 *
 * <p>Called by the threads of stores; a thread of its own does what waits for a disk. Knows {@code
 * mvcc}, whose port it is behind, and {@code disk}.
 *
 * <p>Read first: {@link io.larch.engine.segments.SegmentFiles}.
 */
package io.larch.engine.segments;
