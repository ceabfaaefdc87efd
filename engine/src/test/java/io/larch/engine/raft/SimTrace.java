package io.larch.engine.raft;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.agrona.concurrent.UnsafeBuffer;

/** Members, messages and memberships in words. */
final class SimTrace {
    private SimTrace() {}

    static String role(final RaftCore core) {
        final String name = name(core.role());
        final String of = core.leaderId() == 0 || core.isLeader() ? "" : " of " + core.leaderId();
        return name + of + " in term " + core.term();
    }

    static String name(final Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A member as a whole. */
    static String describe(final SimNode node, final List<String> state) {
        final RaftCore core = node.core();
        final StringBuilder text = new StringBuilder();
        text.append(core.id()).append(": ").append(role(core));
        text.append(core.votedFor() == 0 ? "" : ", voted for " + core.votedFor());
        text.append(", log").append(log(node.log().current()));
        text.append(", commit ").append(core.commitIndex());
        text.append(", applied ").append(core.appliedIndex());
        return text.append(" ").append(state).append(", ").append(describe(core.conf())).toString();
    }

    static String describe(final Progress peer) {
        return "   "
                + peer.id()
                + (peer.isVoter() ? "" : " (learner)")
                + " "
                + name(peer.state())
                + " match="
                + peer.match()
                + " next="
                + peer.next();
    }

    /** Terms of the entries, behind what is compacted. */
    private static String log(final SimLogStorage.Image image) {
        final String compacted =
                image.snapshotIndex() == 0
                        ? ""
                        : " (" + image.snapshotIndex() + "/" + image.snapshotTerm() + ")";
        return compacted
                + image.entries().stream()
                        .map(entry -> " " + entry.term())
                        .collect(Collectors.joining());
    }

    static String describe(final ConfState conf) {
        final StringBuilder text = new StringBuilder("voters " + ids(conf.voters()));
        if (conf.isJoint()) {
            text.append(" and ").append(ids(conf.votersOutgoing()));
        }
        if (conf.learners().length > 0) {
            text.append(", learners ").append(ids(conf.learners()));
        }
        if (conf.learnersNext().length > 0) {
            text.append(", soon learners ").append(ids(conf.learnersNext()));
        }
        if (conf.held().length > 0) {
            text.append(", held ").append(ids(conf.held()));
        }
        return text.toString();
    }

    private static String ids(final long[] ids) {
        return Arrays.stream(ids).mapToObj(Long::toString).collect(Collectors.joining(" "));
    }

    /** An applied entry; null when there is nothing to say of it. */
    static String applied(final long index, final byte kind, final byte[] body) {
        return switch (kind) {
            case EntryKind.COMMAND -> "applies " + index + ": " + text(body);
            case EntryKind.CONF_CHANGE ->
                    "applies "
                            + index
                            + ": "
                            + describe(ConfChange.decode(new UnsafeBuffer(body), 0));
            default -> null;
        };
    }

    static String text(final byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }

    static String describe(final ConfChange change) {
        if (change.transition() == ConfChange.Transition.LEAVE) {
            return "leave";
        }
        final String steps =
                change.steps().stream()
                        .map(step -> sign(step.op()) + step.id())
                        .collect(Collectors.joining(" "));
        return steps + (change.transition() == ConfChange.Transition.EXPLICIT ? " explicit" : "");
    }

    private static String sign(final ConfChange.Op op) {
        return switch (op) {
            case ADD_VOTER -> "+";
            case ADD_LEARNER -> "~";
            case REMOVE -> "-";
            case UPDATE -> "=";
            case ADD_HELD_LEARNER -> "_";
            case PROMOTE -> "^";
        };
    }

    /** A message in words. */
    static String describe(final SimNode.Packet packet) {
        final RaftMessage message =
                new RaftMessage().wrap(new UnsafeBuffer(packet.bytes()), 0, packet.bytes().length);
        final StringBuilder text = new StringBuilder();
        text.append(packet.from()).append("->").append(packet.to()).append(' ');
        text.append(name(packet.type())).append(" term=").append(message.term());
        final String position = message.index() + "/" + message.logTerm();
        switch (packet.type()) {
            case VOTE, PRE_VOTE, SNAPSHOT -> text.append(" last=").append(position);
            case APPEND -> {
                text.append(" prev=").append(position).append(" commit=").append(message.commit());
                describeEntries(text, message);
            }
            case APPEND_REPLY -> describeReply(text, message);
            case HEARTBEAT -> {
                text.append(" commit=").append(message.commit());
                text.append(" round=").append(message.context());
            }
            case HEARTBEAT_REPLY -> text.append(" round=").append(message.context());
            case READ_REPLY -> text.append(" index=").append(message.logTerm());
            default -> {
                // The header says it all.
            }
        }
        if (message.isReject() && packet.type() != MessageType.APPEND_REPLY) {
            text.append(" refused");
        }
        return text.append(message.isTransfer() ? " transfer" : "").toString();
    }

    private static void describeReply(final StringBuilder text, final RaftMessage reply) {
        if (reply.isReject()) {
            text.append(" refused=").append(reply.index());
            text.append(" hint=").append(reply.context()).append('/').append(reply.logTerm());
        } else {
            text.append(" match=").append(reply.index());
        }
    }

    private static void describeEntries(final StringBuilder text, final RaftMessage message) {
        long index = message.index();
        int at = RaftMessage.HEADER_LENGTH;
        while (at < message.length()) {
            final String start = index == message.index() ? " entries=" : ",";
            text.append(start).append(++index).append('/').append(message.buffer().getLong(at));
            final int length = message.buffer().getInt(at + RaftMessage.ENTRY_LENGTH_OFFSET);
            at += (int) RaftMessage.entryFrameLength(length);
        }
    }
}
