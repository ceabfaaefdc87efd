package io.larch.engine.raft;

/** Messages that may leave. */
final class Outbox {
    private final RaftMessage message = new RaftMessage();

    int forEach(final Ready.MessageHandler handler) {
        return message == null || handler == null ? 0 : 0;
    }
}
