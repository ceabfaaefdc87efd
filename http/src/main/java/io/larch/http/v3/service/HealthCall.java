package io.larch.http.v3.service;

import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.http.v3.rpc.CallTimers;
import io.larch.http.v3.rpc.RpcCall;
import io.larch.http.v3.rpc.StatusCode;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;

/**
 * gRPC's protocol of health checks, for the server as a whole: it serves while it has a leader. A
 * watch is told when that changes, looked at once a second.
 *
 * <p>One call's.
 */
final class HealthCall extends UnaryHandler {
    private static final int SERVICE = 1;
    private static final byte STATUS_TAG = 1 << 3;
    private static final int SERVING = 1;
    private static final int NOT_SERVING = 2;
    private static final int SERVICE_UNKNOWN = 3;
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final boolean isWatch;
    private int told;
    private long timer = CallTimers.NONE;

    HealthCall(final ServiceLoop loop, final RpcCall call, final boolean isWatch) {
        super(loop, call);
        this.isWatch = isWatch;
    }

    @Override
    public void onMessage(final DirectBuffer buffer, final int offset, final int length) {
        final ProtoReader reader = new ProtoReader().wrap(buffer, offset, length);
        int nameLength = 0;
        while (reader.next()) {
            if (reader.field() == SERVICE) {
                nameLength = reader.length();
            }
        }
        if (reader.isBroken()) {
            Refusal.MALFORMED.end(call);
        } else if (nameLength == 0) {
            look();
        } else if (isWatch) {
            tell(SERVICE_UNKNOWN);
        } else {
            call.end(StatusCode.NOT_FOUND, "unknown service");
        }
    }

    private void look() {
        if (!isWatch) {
            awaitEngine();
        }
        final boolean isTaken =
                Queries.ask(
                        loop.engine(),
                        call.outlet(),
                        Query.Kind.CLUSTER,
                        (QueryViews.Cluster cluster) ->
                                tell(cluster.leaderId() == 0 ? NOT_SERVING : SERVING));
        if (!isTaken) {
            tell(NOT_SERVING);
        }
    }

    private void tell(final int status) {
        if (isOver) {
            return;
        }
        if (status != told) {
            told = status;
            final ByteBuf message = call.message(2);
            call.send(message.writeByte(STATUS_TAG).writeByte(status));
        }
        if (!isWatch) {
            call.end();
        } else if (status != SERVICE_UNKNOWN) {
            final long now = loop.engine().nanoTime();
            timer = loop.timers().set(now + PAUSE_NANOS, now, this::onTime);
        }
    }

    private void onTime() {
        timer = CallTimers.NONE;
        look();
        loop.engine().flushUnlessReading();
    }

    @Override
    public void onShutdown() {
        if (isWatch) {
            Refusal.STOPPED.end(call);
        }
    }

    @Override
    public void onClosed() {
        super.onClosed();
        loop.timers().clear(timer);
    }
}
