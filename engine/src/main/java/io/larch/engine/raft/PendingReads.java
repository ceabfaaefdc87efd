package io.larch.engine.raft;

/**
 * Reads in the order they came, each of six numbers: the ticket it has within this member, the name
 * the asker gave it, who asked, which life of the asker, a value that depends on what the read
 * waits for, and whether it asks for the proof of a quorum only.
 */
final class PendingReads {
    private static final int FIELDS = 6;

    private long[] fields = new long[16 * FIELDS];
    private int count;

    int count() {
        return count;
    }

    void add(
            final long ticket,
            final long requestId,
            final long from,
            final long incarnation,
            final long value) {
        add(ticket, requestId, from, incarnation, value, false);
    }

    void add(
            final long ticket,
            final long requestId,
            final long from,
            final long incarnation,
            final long value,
            final boolean isProof) {
        if ((count + 1) * FIELDS > fields.length) {
            fields = java.util.Arrays.copyOf(fields, fields.length * 2);
        }
        final int at = count * FIELDS;
        fields[at] = ticket;
        fields[at + 1] = requestId;
        fields[at + 2] = from;
        fields[at + 3] = incarnation;
        fields[at + 4] = value;
        fields[at + 5] = isProof ? 1 : 0;
        count++;
    }

    long ticket(final int i) {
        return fields[i * FIELDS];
    }

    long requestId(final int i) {
        return fields[i * FIELDS + 1];
    }

    long from(final int i) {
        return fields[i * FIELDS + 2];
    }

    long incarnation(final int i) {
        return fields[i * FIELDS + 3];
    }

    long value(final int i) {
        return fields[i * FIELDS + 4];
    }

    /** Whether nothing is to be read: then no index needs to be applied. */
    boolean isProof(final int i) {
        return fields[i * FIELDS + 5] != 0;
    }

    /** Forgets the first ones. */
    void removeFirst(final int n) {
        System.arraycopy(fields, n * FIELDS, fields, 0, (count - n) * FIELDS);
        count -= n;
    }

    void remove(final int i) {
        System.arraycopy(fields, (i + 1) * FIELDS, fields, i * FIELDS, (count - i - 1) * FIELDS);
        count--;
    }

    /** Copies one over another in front of it. */
    void move(final int from, final int to) {
        System.arraycopy(fields, from * FIELDS, fields, to * FIELDS, FIELDS);
    }

    void keepFirst(final int n) {
        count = n;
    }

    void clear() {
        count = 0;
    }
}
