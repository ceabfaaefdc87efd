package io.larch.http.route;

import org.agrona.MutableDirectBuffer;

/** Writes a command of an application, for {@link Exchange#command}. */
@FunctionalInterface
public interface CommandEncoder {
    /**
     * @param target grows as it must; the command begins at 0.
     * @return the command's length.
     */
    int encode(MutableDirectBuffer target, long correlationId, long nowNanos);
}
