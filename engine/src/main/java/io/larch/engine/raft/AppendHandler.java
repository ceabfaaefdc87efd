package io.larch.engine.raft;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;

/** The follower's part of the log: what comes from the leader of its term. */
final class AppendHandler {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final RaftState state;
    private final RaftLog log;
    private long installIndex;

    AppendHandler(final RaftState state) {
        this.state = state;
        log = state.log;
    }

    /** Whether a snapshot is being loaded: the log must not change under it. */
    boolean isInstalling() {
        return installIndex > 0 && state.keeps(Rule.LOG_RESTS_DURING_INSTALL);
    }

    void onHeartbeat(final RaftMessage heartbeat) {
        if (!isInstalling()) {
            if (state.keeps(Rule.HEARTBEAT_COMMIT_IS_MATCHED)) {
                commitTo(heartbeat.commit());
            } else {
                commitTo(Math.min(heartbeat.commit(), log.lastIndex()));
            }
        }
        state.outbox
                .begin(MessageType.HEARTBEAT_REPLY, heartbeat.from(), state.term())
                .answering(heartbeat)
                .context(heartbeat.context())
                .index(heartbeat.tick())
                .commit(log.commitIndex())
                .send();
    }

    private void commitTo(final long index) {
        log.commitTo(index);
    }

    void onAppend(final RaftMessage append) {
        if (isInstalling()) {
            return;
        }
        if (append.index() < log.commitIndex() && state.keeps(Rule.TRUNCATE_ONLY_AT_CONFLICT)) {
            acknowledge(append, log.commitIndex());
            return;
        }
        if (!log.matches(append.index(), append.logTerm())
                && (state.keeps(Rule.APPEND_CHECKS_PREVIOUS) || append.index() > log.lastIndex())) {
            reject(append);
            return;
        }
        final long lastNew = appendEntries(append);
        commitTo(
                state.keeps(Rule.FOLLOWER_COMMIT_IS_VERIFIED)
                        ? Math.min(append.commit(), lastNew)
                        : Math.min(append.commit(), log.lastIndex()));
        if (append.bodyLength() > 0) {
            // In the same write as the entries that came with it.
            log.saveCommit();
        }
        acknowledge(append, lastNew);
    }

    /** Skips what is here already, cuts at a conflict, appends the rest. */
    private long appendEntries(final RaftMessage append) {
        final DirectBuffer buffer = append.buffer();
        int at = RaftMessage.HEADER_LENGTH;
        final int end = at + append.bodyLength();
        long index = append.index();
        boolean isNew = false;
        while (at < end) {
            index++;
            final long term = buffer.getLong(at + RaftMessage.ENTRY_TERM_OFFSET, ORDER);
            final int length = buffer.getInt(at + RaftMessage.ENTRY_LENGTH_OFFSET, ORDER);
            if (!isNew && !log.matches(index, term)) {
                isNew = true;
                if (index <= log.lastIndex()) {
                    log.truncateFrom(index);
                }
            }
            if (isNew) {
                // Whoever holds a conf change must know what was committed before it, even after
                // a crash in the middle of this.
                commitTo(Math.min(append.commit(), index - 1));
                final byte kind = buffer.getByte(at + RaftMessage.ENTRY_KIND_OFFSET);
                log.append(term, kind, buffer, at + RaftMessage.ENTRY_HEADER_LENGTH, length);
            }
            at += (int) RaftMessage.entryFrameLength(length);
        }
        if (!isNew && index < log.lastIndex() && !state.keeps(Rule.TRUNCATE_ONLY_AT_CONFLICT)) {
            log.truncateFrom(index + 1);
        }
        return index;
    }

    private void acknowledge(final RaftMessage request, final long matchIndex) {
        final long position =
                state.keeps(Rule.ACK_WAITS_FOR_DISK) ? log.positionCovering(matchIndex) : 0;
        state.outbox
                .begin(MessageType.APPEND_REPLY, request.from(), state.term())
                .answering(request)
                .index(matchIndex)
                .commit(log.commitIndex())
                .sendWhenDurable(position);
    }

    private void reject(final RaftMessage append) {
        final boolean hasHint = state.keeps(Rule.REJECT_CARRIES_TERM_HINT);
        final long hint =
                hasHint
                        ? log.lastIndexWithTermAtMost(append.index(), append.logTerm())
                        : append.index() - 1;
        state.outbox
                .begin(MessageType.APPEND_REPLY, append.from(), state.term())
                .answering(append)
                .flags(RaftMessage.REJECT)
                .index(append.index())
                .context(hint)
                .logTerm(hasHint ? Math.max(0, log.term(hint)) : 0)
                .commit(log.commitIndex())
                .send();
    }

    /** A leader of a term that has passed must hear of it, or stickiness would keep it for ever. */
    void answerLowerTerm(final RaftMessage message) {
        if (!state.keeps(Rule.LOWER_TERM_IS_ANSWERED)) {
            return;
        }
        state.outbox
                .begin(
                        message.type() == MessageType.HEARTBEAT
                                ? MessageType.HEARTBEAT_REPLY
                                : MessageType.APPEND_REPLY,
                        message.from(),
                        state.term())
                .answering(message)
                .flags(RaftMessage.REJECT)
                .commit(log.commitIndex())
                .send();
    }

    /** A snapshot lies here, complete and durable. */
    void onSnapshot(final RaftMessage snapshot) {
        if (isInstalling()) {
            return;
        }
        if (snapshot.index() <= log.commitIndex() && state.keeps(Rule.OLD_SNAPSHOT_IS_IGNORED)) {
            acknowledge(snapshot, log.commitIndex());
        } else if (log.matches(snapshot.index(), snapshot.logTerm())
                && state.keeps(Rule.KNOWN_SNAPSHOT_KEEPS_TAIL)) {
            commitTo(snapshot.index());
            acknowledge(snapshot, snapshot.index());
        } else {
            installIndex = snapshot.index();
            state.ready.noteSnapshot(snapshot);
        }
    }

    void installed(final long index, final long term, final ConfState conf) {
        if (index != installIndex) {
            throw new RaftInvariantError(
                    "installed snapshot " + index + " but expected " + installIndex);
        }
        installIndex = 0;
        log.resetTo(index, term);
        if (state.keeps(Rule.SNAPSHOT_BRINGS_MEMBERSHIP)) {
            state.membership.switchTo(conf);
        }
        state.outbox
                .begin(MessageType.APPEND_REPLY, state.ready.snapshotFrom(), state.term())
                .index(index)
                .commit(index)
                .sendWhenDurable(log.position());
    }
}
