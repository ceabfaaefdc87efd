package io.larch.tools.etcd;

import io.larch.engine.codec.kv.ProtoReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.agrona.DirectBuffer;

/**
 * Finds out of the records of a log what is committed behind a snapshot, and applies it. An entry
 * may be replaced by later ones as long as it is not committed, so those wait until a record of the
 * state says so:
 *
 * <pre>
 *   snapshot &lt;= applied = min(commit, last);  waiting are (applied, last], without a gap
 * </pre>
 *
 * Not threadsafe.
 */
final class LogReplay implements WalReader.Handler {
    static final long UNKNOWN_TERM = -1;

    private static final int METADATA = 1;
    private static final int ENTRY = 2;
    private static final int STATE = 3;
    private static final int SNAPSHOT = 5;

    private final long startIndex;
    private final long startTerm;
    private final Applier applier;
    private final Deque<LogEntry> waiting = new ArrayDeque<>();
    private final ProtoReader fields = new ProtoReader();
    private boolean isSnapshotKnown;
    private boolean hasMetadata;
    private long member;
    private long cluster;
    private long appliedIndex;
    private long commitIndex;
    private long lastTerm;

    /** Makes a store of entries. */
    interface Applier {
        /**
         * Applies one that is committed.
         *
         * @throws EtcdFilesException if it is none that we know.
         */
        void apply(LogEntry entry) throws IOException;

        /** Whether it may change a key of a client. */
        boolean isWrite(LogEntry entry) throws EtcdFilesException;
    }

    /**
     * @param startIndex of the snapshot, that the store is of; 0: none, the store is fresh.
     * @param startTerm of its entry; {@link #UNKNOWN_TERM}: the store does not tell.
     */
    LogReplay(final long startIndex, final long startTerm, final Applier applier) {
        this.startIndex = startIndex;
        this.startTerm = startTerm;
        this.applier = applier;
        appliedIndex = startIndex;
        commitIndex = startIndex;
        lastTerm = startTerm == UNKNOWN_TERM ? 0 : startTerm;
    }

    /** Whether the log tells of the snapshot; one of which it does not is not of this log. */
    boolean isSnapshotKnown() {
        return isSnapshotKnown;
    }

    /** Of the cluster, as X-Etcd-Cluster-Id has it. */
    String cluster() {
        return Long.toHexString(cluster);
    }

    long commitIndex() {
        return commitIndex;
    }

    /** Of the last entry. */
    long lastIndex() {
        return appliedIndex + waiting.size();
    }

    long lastTerm() {
        return lastTerm;
    }

    @Override
    public void onRecord(final long type, final DirectBuffer data, final Place place)
            throws IOException {
        switch (type == (int) type ? (int) type : 0) {
            case METADATA -> metadata(data, place);
            case ENTRY -> take(LogEntry.of(data, place));
            case STATE -> {
                commitIndex = Math.max(commitIndex, number(data, 3, place));
                apply();
            }
            case SNAPSHOT -> snapshot(number(data, 1, place), number(data, 2, place), place);
            default -> throw place.damaged("there are no records of type " + type);
        }
    }

    private void metadata(final DirectBuffer data, final Place place) throws EtcdFilesException {
        final long ofMember = number(data, 1, place);
        final long ofCluster = number(data, 2, place);
        if (hasMetadata && (ofMember != member || ofCluster != cluster)) {
            throw place.damaged(
                    "this is of member %x of cluster %x, and what was before of member %x of %x"
                            .formatted(ofMember, ofCluster, member, cluster));
        }
        hasMetadata = true;
        member = ofMember;
        cluster = ofCluster;
    }

    private void snapshot(final long index, final long term, final Place place)
            throws EtcdFilesException {
        if (index != startIndex) {
            return;
        }
        if (term != startTerm && startTerm != UNKNOWN_TERM) {
            throw place.damaged(
                    "the log knows a snapshot of index %d and term %d, the file is of term %d"
                            .formatted(index, term, startTerm));
        }
        isSnapshotKnown = true;
    }

    private void take(final LogEntry entry) throws IOException {
        if (entry.index() <= startIndex) {
            lastTerm = entry.index() == startIndex ? entry.term() : lastTerm;
            return;
        }
        if (entry.index() <= appliedIndex) {
            throw entry.place()
                    .damaged(
                            "entry %d comes again, but %d are committed"
                                    .formatted(entry.index(), appliedIndex));
        }
        if (entry.index() > lastIndex() + 1) {
            throw entry.place()
                    .damaged(
                            "entry %d follows on entry %d, what is between is missing"
                                    .formatted(entry.index(), lastIndex()));
        }
        while (lastIndex() >= entry.index()) {
            waiting.removeLast();
        }
        waiting.addLast(entry);
        lastTerm = entry.term();
        apply();
    }

    private void apply() throws IOException {
        while (!waiting.isEmpty() && appliedIndex < commitIndex) {
            applier.apply(waiting.removeFirst());
            appliedIndex++;
        }
    }

    /**
     * To be called behind the last record.
     *
     * @param place whose log it is, for messages.
     */
    void end(final String place) throws EtcdFilesException {
        if (!hasMetadata) {
            throw EtcdFilesException.damaged(place + " does not tell of which member it is");
        }
        if (commitIndex > lastIndex()) {
            throw EtcdFilesException.damaged(
                    "%s ends with entry %d, but entries up to %d are committed; the rest is missing"
                            .formatted(place, lastIndex(), commitIndex));
        }
    }

    /** Writes of clients that are not known to be committed. */
    long waitingWrites() throws EtcdFilesException {
        long count = 0;
        for (final LogEntry entry : waiting) {
            count += applier.isWrite(entry) ? 1 : 0;
        }
        return count;
    }

    /** Applies also those. */
    void applyWaiting() throws IOException {
        commitIndex = lastIndex();
        apply();
    }

    /** Of a message, a field that is a number; 0: it is not there. */
    private long number(final DirectBuffer data, final int field, final Place place)
            throws EtcdFilesException {
        long number = 0;
        fields.wrap(data, 0, data.capacity());
        while (fields.next()) {
            number = fields.field() == field ? fields.number() : number;
        }
        if (fields.isBroken()) {
            throw place.damaged("this is no message");
        }
        return number;
    }
}
