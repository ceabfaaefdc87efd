package io.larch.http.v3.service;

import io.larch.engine.codec.ErrorCode;
import io.larch.engine.codec.kv.KvError;
import io.larch.engine.port.Reply;
import io.larch.engine.port.RequestPort;
import io.larch.http.v3.rpc.StatusCode;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * What the engine itself says when it cannot do what it was asked. Clients try again by the status:
 * a write that may have happened must not look as if it had not.
 */
final class EngineFailure {
    private static final String TIMED_OUT = "etcdserver: request timed out";
    private static final Set<String> UNAVAILABLE =
            Set.of(
                    "etcdserver: no leader",
                    "etcdserver: leader changed",
                    "etcdserver: server stopped",
                    "etcdserver: unhealthy cluster");

    private EngineFailure() {}

    static Refusal of(final Reply error) {
        if (error.error() == ErrorCode.STORE_FULL) {
            return Refusal.of(KvError.NO_SPACE);
        }
        final byte[] cause = new byte[error.length()];
        error.bytes().getBytes(error.offset(), cause);
        return of(new String(cause, StandardCharsets.UTF_8));
    }

    private static Refusal of(final String cause) {
        if (cause.startsWith(TIMED_OUT) || UNAVAILABLE.contains(cause)) {
            return new Refusal(StatusCode.UNAVAILABLE, cause);
        }
        if (cause.equals(RequestPort.NOT_EVERYWHERE)) {
            return new Refusal(StatusCode.FAILED_PRECONDITION, cause);
        }
        return new Refusal(StatusCode.UNKNOWN, cause);
    }
}
