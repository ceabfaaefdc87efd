package io.larch.engine.raft;

import org.agrona.DirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Proposals that a follower sends to its leader. Each has a sequence within the life of its origin;
 * the leader takes each once. Nobody repeats one.
 */
final class Forwarding {
    private final RaftState state;
    private final Long2ObjectHashMap<SequenceWindow> windows = new Long2ObjectHashMap<>();
    private final LongRing refused = new LongRing();
    private final LongRing reasons = new LongRing();
    private long sequence;

    Forwarding(final RaftState state) {
        this.state = state;
    }

    long sequence() {
        return sequence;
    }

    long forward(final byte kind, final DirectBuffer body, final int offset, final int length) {
        if (state.leaderId == 0) {
            return ProposalResult.NO_LEADER;
        }
        sequence++;
        state.outbox
                .begin(MessageType.FORWARD, state.leaderId, state.term())
                .toIncarnation(state.leaderIncarnation)
                .context(sequence)
                .flags(RaftMessage.kindFlags(kind))
                .body(body, offset, length)
                .send();
        return ProposalResult.FORWARDED;
    }

    /** Whether a forwarded proposal comes for the first time. */
    boolean isFirst(final RaftMessage message) {
        if (message.context() == 0 || !state.keeps(Rule.FORWARD_ONCE)) {
            return true;
        }
        SequenceWindow window = windows.get(message.from());
        if (window == null) {
            window = new SequenceWindow();
            windows.put(message.from(), window);
        }
        return window.take(message.fromIncarnation(), message.context());
    }

    void forget(final long id) {
        windows.remove(id);
    }

    /**
     * The proposal is certainly in nobody's log.
     *
     * @param reason as of {@link ProposalResult#toldReason}.
     */
    void refuse(final RaftMessage message, final int reason) {
        if (!state.keeps(Rule.REFUSED_FORWARD_IS_TOLD)) {
            return;
        }
        state.outbox
                .begin(MessageType.FORWARD_REPLY, message.from(), state.term())
                .answering(message)
                .context(message.context())
                .index(reason)
                .flags(RaftMessage.REJECT)
                .send();
    }

    void onReply(final RaftMessage reply) {
        refused.add(reply.context());
        reasons.add(reply.index());
    }

    boolean hasRefused() {
        return !refused.isEmpty();
    }

    int drainRefused(final Ready.RefusalHandler handler) {
        final int count = refused.count();
        for (int i = 0; i < count; i++) {
            handler.onRefused(refused.removeFirst(), (int) reasons.removeFirst());
        }
        return count;
    }
}
