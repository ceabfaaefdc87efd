package io.larch.engine.raft;

import org.agrona.DirectBuffer;

/**
 * A member's log: {@code applied <= commitIndex <= lastIndex}, and what of it is durable. Keeps the
 * hard state in step with the entries.
 */
final class RaftLog {
    private final LogStorage storage;
    private final DurabilityMarks marks = new DurabilityMarks();
    private final ConfScan confScan = new ConfScan();
    private final RaftState state;
    private long term;
    private long votedFor;
    private long commitIndex;
    private long appliedIndex;
    private long savedCommit;

    /** No conf change lies behind this index. */
    private long lastConfIndex;

    RaftLog(
            final RaftState state,
            final LogStorage storage,
            final HardState hardState,
            final long appliedIndex) {
        this.state = state;
        this.storage = storage;
        this.appliedIndex = appliedIndex;
        term = hardState.term();
        votedFor = hardState.votedFor();
        commitIndex = Math.max(hardState.commitIndex(), appliedIndex);
        savedCommit = commitIndex;
        lastConfIndex = storage.lastIndex();
        marks.reset(storage.lastIndex());
        if (commitIndex > storage.lastIndex() || appliedIndex < storage.firstIndex() - 1) {
            throw new RaftInvariantError(
                    "log does not fit the saved state: entries "
                            + storage.firstIndex()
                            + " to "
                            + storage.lastIndex()
                            + ", commit "
                            + commitIndex
                            + ", applied "
                            + appliedIndex);
        }
    }

    LogStorage storage() {
        return storage;
    }

    /** The member's current term. */
    long currentTerm() {
        return term;
    }

    long votedFor() {
        return votedFor;
    }

    long commitIndex() {
        return commitIndex;
    }

    long appliedIndex() {
        return appliedIndex;
    }

    long firstIndex() {
        return storage.firstIndex();
    }

    long lastIndex() {
        return storage.lastIndex();
    }

    long lastTerm() {
        return storage.term(storage.lastIndex());
    }

    /** -1 when unknown here. */
    long term(final long index) {
        return storage.term(index);
    }

    long durableIndex() {
        return marks.durableIndex();
    }

    /** Where the stream ends now. */
    long position() {
        return storage.position();
    }

    /**
     * The position to wait for before entries up to an index may be promised; 0 when they are
     * durable.
     */
    long positionCovering(final long index) {
        return index <= marks.durableIndex() ? 0 : storage.position();
    }

    /** Whether the last entry of the own term is committed: the leader knows what is committed. */
    boolean hasCommittedInTerm() {
        return storage.term(commitIndex) == term;
    }

    /** Whether a log that ends with this entry has all that this one has. */
    boolean isUpToDate(final long lastIndexThere, final long lastTermThere) {
        final long own = lastTerm();
        return lastTermThere > own || lastTermThere == own && lastIndexThere >= lastIndex();
    }

    boolean matches(final long index, final long termThere) {
        return termThere >= 0 && storage.term(index) == termThere;
    }

    /**
     * The largest index up to a bound whose term is not above another: where two logs may part.
     * Below what is compacted the answer is the last index that is gone.
     */
    long lastIndexWithTermAtMost(final long bound, final long maxTerm) {
        long index = Math.min(bound, lastIndex());
        while (index >= firstIndex() && storage.term(index) > maxTerm) {
            index--;
        }
        return index;
    }

    void saveTerm(final long newTerm, final long vote) {
        term = newTerm;
        votedFor = vote;
        if (state.keeps(Rule.VOTE_IS_SAVED)) {
            saveHardState();
        }
    }

    private void saveHardState() {
        storage.saveHardState(term, votedFor, commitIndex);
        savedCommit = commitIndex;
    }

    /** Writes down a commit index that has moved since it was written last. */
    void saveCommit() {
        if (commitIndex > savedCommit && state.keeps(Rule.COMMIT_IS_SAVED_WITH_ENTRIES)) {
            saveHardState();
        }
    }

    /** Appends an entry; what is known to be committed is written before a conf change. */
    long append(
            final long entryTerm,
            final byte kind,
            final DirectBuffer body,
            final int offset,
            final int length) {
        if (kind == EntryKind.CONF_CHANGE) {
            saveCommit();
        }
        final long index = storage.append(entryTerm, kind, body, offset, length);
        marks.written(storage.position(), index);
        if (kind == EntryKind.CONF_CHANGE) {
            lastConfIndex = index;
        }
        return index;
    }

    /** Cuts the log before an entry that conflicts with the leader's. */
    void truncateFrom(final long index) {
        if (index <= commitIndex) {
            throw new RaftInvariantError(
                    "entry " + index + " conflicts but " + commitIndex + " is committed");
        }
        storage.truncateFrom(index);
        if (state.keeps(Rule.OVERWRITTEN_IS_NOT_DURABLE)) {
            marks.cut(index);
        }
    }

    /** Raises the commit index; lower values are ignored. */
    boolean commitTo(final long index) {
        if (index <= commitIndex) {
            return false;
        }
        if (index > lastIndex()) {
            throw new RaftInvariantError(
                    "commit " + index + " is behind the end of the log " + lastIndex());
        }
        commitIndex = index;
        if (savedCommit < lastConfIndex
                && lastConfIndex <= index
                && state.keeps(Rule.COMMIT_IS_SAVED_WITH_ENTRIES)
                && state.keeps(Rule.CONF_CHANGE_COMMIT_IS_SAVED)) {
            // A member that is removed may stop as soon as others know it. They must not forget.
            saveHardState();
            state.outbox.holdUntil(storage.position());
        }
        return true;
    }

    void appliedTo(final long index) {
        if (index < appliedIndex || index > commitIndex) {
            throw new RaftInvariantError(
                    "applied " + index + " not in " + appliedIndex + " to " + commitIndex);
        }
        appliedIndex = index;
    }

    void persisted(final long position) {
        marks.persisted(position);
    }

    /** Replaces the log by a snapshot that is durable. */
    void resetTo(final long index, final long snapshotTerm) {
        storage.resetTo(index, snapshotTerm);
        marks.reset(index);
        commitIndex = index;
        appliedIndex = index;
        saveHardState();
    }

    /** Whether a conf change is committed and not applied. */
    boolean hasUnappliedConfChange() {
        if (appliedIndex >= commitIndex) {
            return false;
        }
        confScan.found = false;
        storage.read(appliedIndex + 1, commitIndex, Long.MAX_VALUE, confScan);
        return confScan.found;
    }

    /** Looks for a conf change. */
    private static final class ConfScan implements LogStorage.EntryConsumer {
        private boolean found;

        @Override
        public boolean onEntry(
                final long index,
                final long term,
                final byte kind,
                final DirectBuffer body,
                final int offset,
                final int length) {
            found = kind == EntryKind.CONF_CHANGE;
            return !found;
        }
    }
}
