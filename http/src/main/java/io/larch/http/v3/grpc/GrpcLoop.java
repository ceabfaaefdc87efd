package io.larch.http.v3.grpc;

import io.larch.http.v3.rpc.CallTimers;
import io.larch.http.v3.rpc.RpcMethod;
import io.larch.http.wire.InputBudget;
import io.netty.util.AsciiString;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * What the gRPC calls of an event loop share: the methods by their paths, the bounds, timers.
 *
 * <p>One event loop's.
 */
public final class GrpcLoop {
    private final Map<CharSequence, RpcMethod> methods = new HashMap<>();
    private final int maxMessageBytes;
    private final InputBudget budget;
    private final CallTimers timers;
    private final LongSupplier nanoTime;
    private final long senderNanos;
    private final UnsafeBuffer view = new UnsafeBuffer(0, 0);

    /**
     * @param maxMessageBytes of a message that a client sends.
     * @param nanoTime the clock of time-outs.
     * @param senderNanos for the next piece of a message that is not whole.
     */
    public GrpcLoop(
            final Collection<RpcMethod> methods,
            final int maxMessageBytes,
            final InputBudget budget,
            final CallTimers timers,
            final LongSupplier nanoTime,
            final long senderNanos) {
        methods.forEach(method -> this.methods.put(new AsciiString(method.path()), method));
        this.maxMessageBytes = maxMessageBytes;
        this.budget = budget;
        this.timers = timers;
        this.nanoTime = nanoTime;
        this.senderNanos = senderNanos;
    }

    /** The method at a path; null: there is none. */
    public RpcMethod method(final CharSequence path) {
        return methods.get(path instanceof AsciiString ? path : new AsciiString(path));
    }

    /** Whether a path looks like one of a service that is here. */
    boolean hasService(final CharSequence path) {
        final String service = path.toString().replaceFirst("/[^/]*$", "/");
        return methods.keySet().stream().anyMatch(one -> one.toString().startsWith(service));
    }

    int maxMessageBytes() {
        return maxMessageBytes;
    }

    InputBudget budget() {
        return budget;
    }

    CallTimers timers() {
        return timers;
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    /** Within which a client has to go on with what it has begun. */
    long senderNanos() {
        return senderNanos;
    }

    /** For one message at a time. */
    UnsafeBuffer view() {
        return view;
    }
}
