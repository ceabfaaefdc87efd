package io.larch.http.v3.service;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What a method asks of the engine: checks a request as etcd's API layer does, and says which
 * command it becomes. Used again for each request.
 *
 * <p>One event loop's.
 */
abstract class EngineRequest {
    /** Of {@link io.larch.engine.codec.kv.KvCommand}; of the request looked at last. */
    protected byte type;

    /** Of {@link io.larch.engine.codec.CommandEnvelope}; of the request looked at last. */
    protected int flags;

    /** Null when it may be asked. */
    abstract Refusal look(DirectBuffer buffer, int offset, int length);

    /** Writes the command's body, the request as it is unless a method says otherwise. */
    int encode(
            final MutableDirectBuffer target,
            final int at,
            final DirectBuffer buffer,
            final int offset,
            final int length) {
        target.putBytes(at, buffer, offset, length);
        return at + length;
    }

    final byte type() {
        return type;
    }

    final int flags() {
        return flags;
    }
}
