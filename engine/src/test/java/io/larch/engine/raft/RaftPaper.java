package io.larch.engine.raft;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** What the tests of the paper's statements share. */
final class RaftPaper {
    private RaftPaper() {}

    /** Members without pre-vote, check-quorum and timers, which the paper does not have. */
    static SimCluster plain(final long... voters) {
        return SimCluster.with(
                c -> c.preVote(false).checkQuorum(false).electionTimer(false), voters);
    }

    static List<SimNode.Packet> taken(final SimNode node, final MessageType type) {
        final List<SimNode.Packet> packets = new ArrayList<>();
        for (SimNode.Packet p = node.out().poll(); p != null; p = node.out().poll()) {
            if (p.type() == type) {
                packets.add(p);
            }
        }
        return packets;
    }

    static RaftMessage message(final SimNode.Packet packet) {
        final byte[] bytes = packet.bytes();
        return new RaftMessage().wrap(new UnsafeBuffer(bytes), 0, bytes.length);
    }

    static SimNode.Packet made(final String words) {
        return StoryMessages.parse(List.of(words.split(" ")));
    }

    static List<Long> terms(final SimCluster cluster, final long id) {
        return cluster.node(id).log().current().entries().stream()
                .map(SimLogStorage.Entry::term)
                .toList();
    }
}
