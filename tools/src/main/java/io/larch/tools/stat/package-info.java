/**
 * {@code larch-stat}: prints the counters of a running member, from the file in its data directory
 * alone; the member is not asked and does not notice. A program of its own, on one thread. Knows
 * {@code engine.stats} for the file, and the command line's library.
 *
 * <p>Read first: {@link io.larch.tools.stat.LarchStat}.
 */
package io.larch.tools.stat;
