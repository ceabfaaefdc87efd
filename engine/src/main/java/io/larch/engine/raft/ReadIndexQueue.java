package io.larch.engine.raft;

/** Reads that wait. */
final class ReadIndexQueue {
    int drainAnswered(final Ready.ReadHandler handler) {
        return handler == null ? 0 : 0;
    }
}
