package io.larch.engine.member;

import io.larch.engine.EngineContext;
import io.larch.engine.EngineLog;
import io.larch.engine.raft.ConfChange;
import io.larch.engine.raft.ConfState;
import io.larch.engine.raft.EntryKind;
import io.larch.engine.raft.LogStorage;
import io.larch.engine.wal.WriteAheadLog;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * {@code --force-new-cluster}: goes on with what a member holds, as the only one of its cluster.
 * What is not committed is dropped; then the others are removed by entries that count as committed,
 * so that the log says what happened. For the start of a member.
 */
public final class ForceNewCluster {
    private final EngineContext context;
    private final WriteAheadLog wal;
    private final EngineLog log;

    public ForceNewCluster(
            final EngineContext context, final WriteAheadLog wal, final EngineLog log) {
        this.context = context;
        this.wal = wal;
        this.log = log;
    }

    /**
     * @param cluster as of the snapshot.
     * @param conf as of the snapshot.
     * @param snapshotIndex 0 when there is none.
     */
    public void force(final ClusterState cluster, final ConfState conf, final long snapshotIndex) {
        log.forced(context.memberId());
        final long commitIndex = Math.max(wal.commitIndex(), snapshotIndex);
        if (wal.lastIndex() > commitIndex) {
            log.discarded(wal.lastIndex() - commitIndex);
            wal.truncateFrom(commitIndex + 1);
        }
        final Scan scan = new Scan(conf);
        cluster.membership().members().forEach(m -> scan.members.put(m.id(), m.peerUrls()));
        if (commitIndex > snapshotIndex) {
            wal.read(snapshotIndex + 1, commitIndex, Long.MAX_VALUE, scan);
        }
        final long term = wal.hardStateTerm();
        final long self = context.memberId();
        if (!scan.voters.contains(self)) {
            final List<String> urls = scan.members.getOrDefault(self, context.peerUrls());
            scan.members.forEach((id, theirs) -> freeUrls(term, id, theirs, urls));
            append(
                    term,
                    ConfChange.of(ConfChange.Op.ADD_VOTER, self, ClusterState.encodeUrls(urls)));
        }
        scan.members.keySet().stream()
                .filter(id -> id != self)
                .forEach(id -> append(term, ConfChange.of(ConfChange.Op.REMOVE, id)));
        wal.saveHardState(term, wal.votedFor(), wal.lastIndex());
    }

    /**
     * A copy of a member's data has an id of its own, and mostly the member's URLs, which no two
     * members may have. The old one goes only when the new one is there, so it moves out before.
     */
    private void freeUrls(
            final long term, final long id, final List<String> theirs, final List<String> wanted) {
        if (id != context.memberId() && theirs.stream().anyMatch(wanted::contains)) {
            final String nowhere = "http://" + MemberIds.toHex(id) + ".invalid:2380";
            append(
                    term,
                    ConfChange.of(
                            ConfChange.Op.UPDATE, id, ClusterState.encodeUrls(List.of(nowhere))));
        }
    }

    private void append(final long term, final ConfChange change) {
        final UnsafeBuffer body = new UnsafeBuffer(new byte[change.encodedLength()]);
        change.encode(body, 0);
        wal.append(term, EntryKind.CONF_CHANGE, body, 0, body.capacity());
    }

    /** Follows the membership through the log. */
    private static final class Scan implements LogStorage.EntryConsumer {
        private final TreeMap<Long, List<String>> members = new TreeMap<>(Long::compareUnsigned);
        private final Set<Long> voters = new TreeSet<>();

        Scan(final ConfState conf) {
            for (final long voter : conf.voters()) {
                voters.add(voter);
            }
        }

        @Override
        public boolean onEntry(
                final long index,
                final long term,
                final byte kind,
                final DirectBuffer body,
                final int offset,
                final int length) {
            if (kind == EntryKind.CONF_CHANGE && ConfChange.isWellFormed(body, offset, length)) {
                final ConfChange change = ConfChange.decode(body, offset);
                change.steps().forEach(step -> follow(step, change.context()));
            }
            return true;
        }

        private void follow(final ConfChange.Step step, final byte[] urls) {
            switch (step.op()) {
                case ADD_VOTER, PROMOTE -> {
                    voters.add(step.id());
                    addMember(step.id(), urls);
                }
                case ADD_LEARNER, ADD_HELD_LEARNER -> {
                    voters.remove(step.id());
                    addMember(step.id(), urls);
                }
                case REMOVE -> {
                    voters.remove(step.id());
                    members.remove(step.id());
                }
                case UPDATE -> members.replace(step.id(), ClusterState.decodeUrls(urls));
            }
        }

        /** A promotion names no URLs: the member is there already. */
        private void addMember(final long id, final byte[] urls) {
            if (!members.containsKey(id)) {
                members.put(id, ClusterState.decodeUrls(urls));
            }
        }
    }
}
