package io.larch.http.proxy;

import io.larch.http.wire.InputBudget;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Configuration of a {@link ProxyEdge}, with etcd's defaults: set once, then only read. */
public final class ProxyContext {
    private boolean isReadonly;
    private int dialTimeoutMs = 1_000;
    private int writeTimeoutMs = 5_000;
    private int readTimeoutMs;
    private int slowSenderTimeoutMs = 60_000;
    private int slowReaderTimeoutMs = 15_000;
    private int maxHeadBytes = 1 << 20;
    private int maxBodyBytes = 16 << 20;
    private int maxConnections = Integer.MAX_VALUE;
    private InputBudget inputBudget = new InputBudget(Runtime.getRuntime().maxMemory() / 4);
    private Set<String> corsOrigins = Set.of();

    /** Whether all but GET is refused, with 501. */
    public ProxyContext readonly(final boolean isReadonly) {
        this.isReadonly = isReadonly;
        return this;
    }

    boolean isReadonly() {
        return isReadonly;
    }

    /** How long a member may take to accept a connection. */
    public ProxyContext dialTimeoutMs(final int dialTimeoutMs) {
        this.dialTimeoutMs = dialTimeoutMs;
        return this;
    }

    int dialTimeoutMs() {
        return dialTimeoutMs;
    }

    /** How long a member may take to take a request in; 0: for ever. */
    public ProxyContext writeTimeoutMs(final int writeTimeoutMs) {
        this.writeTimeoutMs = writeTimeoutMs;
        return this;
    }

    int writeTimeoutMs() {
        return writeTimeoutMs;
    }

    /** How long a member that owes an answer may be silent; 0: for ever, as watches want it. */
    public ProxyContext readTimeoutMs(final int readTimeoutMs) {
        this.readTimeoutMs = readTimeoutMs;
        return this;
    }

    int readTimeoutMs() {
        return readTimeoutMs;
    }

    /** How long a client may take from one piece of an unfinished request to the next. */
    public ProxyContext slowSenderTimeoutMs(final int slowSenderTimeoutMs) {
        this.slowSenderTimeoutMs = slowSenderTimeoutMs;
        return this;
    }

    long slowSenderTimeoutNanos() {
        return TimeUnit.MILLISECONDS.toNanos(slowSenderTimeoutMs);
    }

    /**
     * How long a client may take nothing of what waits for it. It is looked at that often, so it
     * may be twice as long until its connection is closed.
     */
    public ProxyContext slowReaderTimeoutMs(final int slowReaderTimeoutMs) {
        this.slowReaderTimeoutMs = slowReaderTimeoutMs;
        return this;
    }

    long slowReaderTimeoutNanos() {
        return TimeUnit.MILLISECONDS.toNanos(slowReaderTimeoutMs);
    }

    /** Bound of the request line, and of the headers together; more is a 414 or 431. */
    public ProxyContext maxHeadBytes(final int maxHeadBytes) {
        this.maxHeadBytes = maxHeadBytes;
        return this;
    }

    int maxHeadBytes() {
        return maxHeadBytes;
    }

    /** Bound of a request's body, which is read whole before it goes on; more is a 413. */
    public ProxyContext maxBodyBytes(final int maxBodyBytes) {
        this.maxBodyBytes = maxBodyBytes;
        return this;
    }

    int maxBodyBytes() {
        return maxBodyBytes;
    }

    /** Connections that clients may have open at once; one more is closed at once. */
    public ProxyContext maxConnections(final int maxConnections) {
        this.maxConnections = maxConnections;
        return this;
    }

    int maxConnections() {
        return maxConnections;
    }

    /** What the bodies of all clients may take together; who comes too much is answered 503. */
    public ProxyContext maxInputBytes(final long maxInputBytes) {
        this.inputBudget = new InputBudget(maxInputBytes);
        return this;
    }

    InputBudget inputBudget() {
        return inputBudget;
    }

    /** Origins of {@code --cors}; {@code *} allows all. Empty: members' headers as they are. */
    public ProxyContext corsOrigins(final Set<String> corsOrigins) {
        this.corsOrigins = Set.copyOf(corsOrigins);
        return this;
    }

    Set<String> corsOrigins() {
        return corsOrigins;
    }
}
