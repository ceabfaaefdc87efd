package io.larch.http.v3.service;

import io.larch.engine.codec.kv.KvError;
import io.larch.http.v3.rpc.RpcCall;
import io.larch.http.v3.rpc.StatusCode;

/**
 * Why a call is refused, with etcd's texts.
 *
 * @param status of {@link StatusCode}.
 */
record Refusal(int status, String text) {
    static final Refusal MALFORMED =
            new Refusal(StatusCode.INTERNAL, "grpc: error unmarshalling request");
    static final Refusal UNKNOWN_VALUE =
            new Refusal(StatusCode.INVALID_ARGUMENT, "etcdserver: unknown value of an enumeration");
    static final Refusal TOO_MANY_REQUESTS =
            new Refusal(StatusCode.UNKNOWN, "etcdserver: too many requests");
    static final Refusal TIMED_OUT =
            new Refusal(StatusCode.UNAVAILABLE, "etcdserver: request timed out");
    static final Refusal LEARNER =
            new Refusal(StatusCode.UNAVAILABLE, "etcdserver: rpc not supported for learner");
    static final Refusal NO_LEADER = new Refusal(StatusCode.UNAVAILABLE, "etcdserver: no leader");
    static final Refusal STOPPED =
            new Refusal(StatusCode.UNAVAILABLE, "etcdserver: server stopped");

    /** For what only root may do by v2, while there is no root here. */
    static final Refusal PERMISSION_DENIED =
            new Refusal(StatusCode.PERMISSION_DENIED, "etcdserver: permission denied");

    static final Refusal AUTH_NOT_ENABLED =
            new Refusal(
                    StatusCode.FAILED_PRECONDITION, "etcdserver: authentication is not enabled");
    static final Refusal NOT_LEADER =
            new Refusal(StatusCode.FAILED_PRECONDITION, "etcdserver: not leader");
    static final Refusal BAD_TRANSFEREE =
            new Refusal(StatusCode.FAILED_PRECONDITION, "etcdserver: bad leader transferee");

    static final Refusal KEY_NOT_PROVIDED = of(KvError.KEY_NOT_PROVIDED);
    static final Refusal KEY_NOT_FOUND = of(KvError.KEY_NOT_FOUND);
    static final Refusal VALUE_PROVIDED = of(KvError.VALUE_PROVIDED);
    static final Refusal LEASE_PROVIDED = of(KvError.LEASE_PROVIDED);
    static final Refusal TOO_MANY_OPERATIONS = of(KvError.TOO_MANY_OPERATIONS);
    static final Refusal DUPLICATE_KEY = of(KvError.DUPLICATE_KEY);
    static final Refusal INVALID_SORT_OPTION = of(KvError.INVALID_SORT_OPTION);
    static final Refusal REQUEST_TOO_LARGE = of(KvError.REQUEST_TOO_LARGE);

    static Refusal of(final KvError error) {
        return new Refusal(error.status(), error.text());
    }

    void end(final RpcCall call) {
        call.end(status, text);
    }
}
