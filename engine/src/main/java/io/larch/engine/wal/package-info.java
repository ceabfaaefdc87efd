/**
 * The write-ahead log: {@link io.larch.engine.wal.WriteAheadLog} appends records to preallocated
 * segments, says up to which position they are durable, recovers, truncates and cuts itself behind
 * snapshots. Each record's checksum is chained with the one before.
 *
 * <p>Appends are the engine thread's; syncs are whoever's is asked for them, segments are prepared
 * on a thread of their own. Knows disk and Raft's log interface.
 *
 * <p>Read first: {@link io.larch.engine.wal.WriteAheadLog}, {@code WalRecordFlyweight}.
 */
package io.larch.engine.wal;
