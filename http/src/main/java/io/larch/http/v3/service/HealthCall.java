package io.larch.http.v3.service;

import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.http.output.Outlet;
import io.larch.http.v3.rpc.RpcCall;
import io.larch.http.v3.rpc.StatusCode;
import io.netty.buffer.ByteBuf;
import org.agrona.DirectBuffer;

/**
 * gRPC's protocol of health checks, for the server as a whole: it serves while it has a leader. A
 * watch is told when that changes, by a {@link HealthWatch}.
 *
 * <p>One call's.
 */
final class HealthCall extends UnaryHandler {
    private static final int SERVICE = 1;
    private static final byte STATUS_TAG = 1 << 3;
    static final int SERVING = 1;
    static final int NOT_SERVING = 2;
    private static final int SERVICE_UNKNOWN = 3;

    private final HealthWatch watch;
    private int told;

    /**
     * @param watch null: it is told once.
     */
    HealthCall(final ServiceLoop loop, final RpcCall call, final HealthWatch watch) {
        super(loop, call);
        this.watch = watch;
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
        } else if (watch != null) {
            tell(SERVICE_UNKNOWN);
        } else {
            call.end(StatusCode.NOT_FOUND, "unknown service");
        }
    }

    private void look() {
        if (watch != null) {
            watch.add(this);
            return;
        }
        awaitEngine();
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

    void tell(final int status) {
        if (isOver) {
            return;
        }
        if (status != told) {
            told = status;
            final ByteBuf message = call.message(2);
            call.send(message.writeByte(STATUS_TAG).writeByte(status));
        }
        if (watch == null) {
            call.end();
        }
    }

    Outlet outlet() {
        return call.outlet();
    }

    @Override
    public void onShutdown() {
        if (watch != null) {
            Refusal.STOPPED.end(call);
        }
    }

    @Override
    public void onClosed() {
        super.onClosed();
        if (watch != null) {
            watch.remove(this);
        }
    }
}
