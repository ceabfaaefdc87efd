/**
 * What a member counts, and how long its own work takes: histograms, running figures for etcd's
 * statistics, and all counters in one set. Written by the engine thread, which tells the time, and
 * reply times by event loops, too; counters are read by any thread, and {@link
 * io.larch.engine.stats.CounterPublisher} carries them by a thread of its own to the file that
 * tools read without asking anyone. Knows Raft's messages and the commands' layout, and nothing of
 * the loop that tells it.
 *
 * <p>Read first: {@link io.larch.engine.stats.EngineStats}, {@link
 * io.larch.engine.stats.MemberCounters}, {@link io.larch.engine.stats.CounterFile}.
 */
package io.larch.engine.stats;
