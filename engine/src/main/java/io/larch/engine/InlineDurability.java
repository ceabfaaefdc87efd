package io.larch.engine;

import io.larch.engine.raft.RaftCore;
import io.larch.engine.wal.WriteAheadLog;

/**
 * Syncs on the engine thread, once for all that was appended in a turn: no hop, the best latency on
 * few cores.
 */
final class InlineDurability implements Durability {
    private static final long SLOW_NANOS = 10_000_000L;

    private final WriteAheadLog wal;
    private final EngineContext context;
    private final EngineLog log;

    InlineDurability(final WriteAheadLog wal, final EngineContext context, final EngineLog log) {
        this.wal = wal;
        this.context = context;
        this.log = log;
    }

    @Override
    public boolean advance(final RaftCore raft) {
        if (wal.durablePosition() == wal.position()) {
            return false;
        }
        final long startNanos = context.nanoTime().getAsLong();
        wal.sync();
        final long tookNanos = context.nanoTime().getAsLong() - startNanos;
        if (tookNanos > SLOW_NANOS) {
            log.slowTurn("sync of the write-ahead log", tookNanos);
        }
        raft.persisted(wal.durablePosition());
        return true;
    }
}
