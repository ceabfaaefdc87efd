package io.larch.tools.faults;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import io.larch.tools.system.ClusterMember;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One client that asks again and again until it is stopped, on a thread of its own and a connection
 * that is made anew when it breaks.
 */
abstract class Client implements Runnable {
    /** A member tells after 7 seconds that it cannot; beyond this limit it is silent. */
    private static final int ANSWER_LIMIT_MS = 25_000;

    private static final long RECONNECT_NS = TimeUnit.MILLISECONDS.toNanos(100);

    final Journal journal;
    final Target target;
    private final long paceNs;
    private volatile boolean isStopped;
    private volatile HttpConnection connection;
    private ClusterMember connected;

    /**
     * @param paceMs time between an answer and the next request.
     */
    Client(final Journal journal, final Target target, final long paceMs) {
        this.journal = journal;
        this.target = target;
        paceNs = TimeUnit.MILLISECONDS.toNanos(paceMs);
    }

    /** Ask once. An exception means that the connection is of no more use. */
    abstract void step() throws IOException;

    @Override
    public final void run() {
        try {
            while (!isStopped) {
                try {
                    step();
                    LockSupport.parkNanos(paceNs);
                } catch (final IOException e) {
                    disconnect();
                    target.moveOn();
                    LockSupport.parkNanos(RECONNECT_NS);
                }
            }
        } catch (final RuntimeException e) {
            journal.anomaly(this + ": " + e);
        } finally {
            disconnect();
        }
    }

    /** Ends when the request at hand is answered. */
    final void stop() {
        isStopped = true;
    }

    /** Does not wait for the request at hand. */
    final void interrupt() {
        stop();
        disconnect();
    }

    final boolean isStopped() {
        return isStopped;
    }

    /** The connection to the member, once it is made. An exception means that nothing was sent. */
    final HttpConnection connect() throws NotConnectedException {
        if (connection == null) {
            connected = target.member();
            try {
                connection = new HttpConnection(connected.url(), ANSWER_LIMIT_MS);
            } catch (final IOException e) {
                throw new NotConnectedException(e);
            }
        }
        return connection;
    }

    /** Name of the member that is asked. */
    final String member() {
        return connected == null ? target.member().name() : connected.name();
    }

    /** Send a request and read its answer. */
    final HttpReply exchange(final String method, final String keyAndQuery, final String form)
            throws IOException {
        final HttpConnection current = connect();
        current.sendRequest(method, "/v2/keys" + keyAndQuery, form, Map.of());
        return current.readReply(false);
    }

    private void disconnect() {
        final HttpConnection last = connection;
        connection = null;
        if (last != null) {
            try {
                last.close();
            } catch (final IOException e) {
                journal.anomaly("does not close: " + e);
            }
        }
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + " at " + member();
    }

    /** The request has certainly not reached a member. */
    static final class NotConnectedException extends IOException {
        NotConnectedException(final IOException cause) {
            super("not connected: " + cause, cause);
        }
    }
}
