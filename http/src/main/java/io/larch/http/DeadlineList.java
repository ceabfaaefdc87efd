package io.larch.http;

/**
 * Connections in the order of their deadlines, which is that of their arrival as all wait equally
 * long. A connection is in one list at most; the links are in it.
 */
final class DeadlineList {
    private final long timeoutNanos;
    private HttpConnection first;
    private HttpConnection last;

    DeadlineList(final long timeoutNanos) {
        this.timeoutNanos = timeoutNanos;
    }

    boolean isEmpty() {
        return first == null;
    }

    /** Adds at the end; takes the connection out of the list it was in. */
    void add(final HttpConnection connection, final long nowNanos) {
        remove(connection);
        connection.deadlines = this;
        connection.deadlineNanos = nowNanos + timeoutNanos;
        connection.previous = last;
        if (last == null) {
            first = connection;
        } else {
            last.next = connection;
        }
        last = connection;
    }

    /** Takes a connection out of the list it is in, if any. */
    static void remove(final HttpConnection connection) {
        final DeadlineList list = connection.deadlines;
        if (list == null) {
            return;
        }
        if (connection.previous == null) {
            list.first = connection.next;
        } else {
            connection.previous.next = connection.next;
        }
        if (connection.next == null) {
            list.last = connection.previous;
        } else {
            connection.next.previous = connection.previous;
        }
        connection.previous = null;
        connection.next = null;
        connection.deadlines = null;
    }

    /** Takes out the first connection if its time is over; else null. */
    HttpConnection pollExpired(final long nowNanos) {
        final HttpConnection expired = first;
        if (expired == null || expired.deadlineNanos - nowNanos > 0) {
            return null;
        }
        remove(expired);
        return expired;
    }
}
