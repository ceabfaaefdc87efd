package io.larch.http;

/**
 * Deadlines in their order, which is that of their arrival as all wait equally long.
 *
 * <p>One event loop's.
 */
final class DeadlineList {
    private final long timeoutNanos;
    private Deadline first;
    private Deadline last;

    DeadlineList(final long timeoutNanos) {
        this.timeoutNanos = timeoutNanos;
    }

    /** A connection's place in one list at most. */
    static final class Deadline {
        private final ClientConnection connection;
        private DeadlineList list;
        private Deadline previous;
        private Deadline next;
        private long atNanos;

        Deadline(final ClientConnection connection) {
            this.connection = connection;
        }

        ClientConnection connection() {
            return connection;
        }

        boolean isSet() {
            return list != null;
        }

        /** Nothing is waited for any more. */
        void clear() {
            if (list != null) {
                list.remove(this);
            }
        }
    }

    boolean isEmpty() {
        return first == null;
    }

    /** Sets a deadline, instead of what it was before. */
    void add(final Deadline deadline, final long nowNanos) {
        deadline.clear();
        deadline.list = this;
        deadline.atNanos = nowNanos + timeoutNanos;
        deadline.previous = last;
        if (last == null) {
            first = deadline;
        } else {
            last.next = deadline;
        }
        last = deadline;
    }

    private void remove(final Deadline deadline) {
        if (deadline.previous == null) {
            first = deadline.next;
        } else {
            deadline.previous.next = deadline.next;
        }
        if (deadline.next == null) {
            last = deadline.previous;
        } else {
            deadline.next.previous = deadline.previous;
        }
        deadline.previous = null;
        deadline.next = null;
        deadline.list = null;
    }

    /** Takes out the first deadline if it is over; else null. */
    Deadline pollExpired(final long nowNanos) {
        final Deadline expired = first;
        if (expired == null || expired.atNanos - nowNanos > 0) {
            return null;
        }
        remove(expired);
        return expired;
    }
}
