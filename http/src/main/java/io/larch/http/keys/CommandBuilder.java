package io.larch.http.keys;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.KeysCommand;
import io.larch.http.text.UtcTime;
import io.larch.http.wire.HttpMethod;
import io.larch.http.wire.HttpRequest;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Turns a request's parameters into the engine's command, in a reused buffer. Chooses the operation
 * as etcd does.
 *
 * <p>Not threadsafe.
 */
final class CommandBuilder {
    private static final int INITIAL_CAPACITY = 4 * 1024;
    private static final int RETAINED_CAPACITY = 1024 * 1024;
    private static final byte[] ROOT = {'/'};

    private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[INITIAL_CAPACITY]);
    private int length;

    DirectBuffer buffer() {
        return buffer;
    }

    int length() {
        return length;
    }

    static CommandType typeOf(final HttpMethod method, final KeysParameters parameters) {
        return switch (method) {
            case GET ->
                    parameters.isWait() && !parameters.isQuorum()
                            ? CommandType.WATCH
                            : CommandType.GET;
            case POST -> CommandType.CREATE_IN_ORDER;
            case PUT -> typeOfPut(parameters);
            case DELETE ->
                    isConditional(parameters) ? CommandType.COMPARE_AND_DELETE : CommandType.DELETE;
            default -> CommandType.GET;
        };
    }

    private static CommandType typeOfPut(final KeysParameters parameters) {
        if (parameters.hasPrevExist() && !parameters.prevExist()) {
            return CommandType.CREATE;
        }
        if (isConditional(parameters)) {
            return CommandType.COMPARE_AND_SWAP;
        }
        return parameters.hasPrevExist() ? CommandType.UPDATE : CommandType.SET;
    }

    private static boolean isConditional(final KeysParameters parameters) {
        return parameters.prevIndex() != 0 || parameters.form().length(Parameter.PREV_VALUE) > 0;
    }

    /**
     * Encodes the command.
     *
     * @param keyFrom where the key, with its leading slash, starts in the request's head; equal to
     *     the end of the path for the root.
     */
    void build(
            final CommandType type,
            final HttpRequest request,
            final int keyFrom,
            final int keyTo,
            final KeysParameters parameters,
            final long correlationId,
            final long nowNanos) {
        final Form form = parameters.form();
        final boolean isWrite = type.isWrite();
        final boolean isCompare =
                type == CommandType.COMPARE_AND_SWAP || type == CommandType.COMPARE_AND_DELETE;
        final byte[] path = keyTo > keyFrom ? request.head() : ROOT;
        final int pathFrom = keyTo > keyFrom ? keyFrom : 0;
        final int pathLength = keyTo > keyFrom ? keyTo - keyFrom : 1;
        final boolean isDelete =
                type == CommandType.DELETE || type == CommandType.COMPARE_AND_DELETE;
        final int valueLength = isWrite && !isDelete ? form.length(Parameter.VALUE) : 0;
        final int prevValueLength = isCompare ? form.length(Parameter.PREV_VALUE) : 0;

        ensure((long) KeysCommand.HEADER_LENGTH + pathLength + valueLength + prevValueLength);
        int at =
                KeysCommand.encodeHeader(
                        buffer,
                        0,
                        type,
                        flags(type, request.method(), parameters),
                        correlationId,
                        nowNanos,
                        isWrite ? expiration(parameters, nowNanos) : CommandEnvelope.PERMANENT,
                        index(type, isCompare, parameters),
                        pathLength,
                        valueLength,
                        prevValueLength);
        buffer.putBytes(at, path, pathFrom, pathLength);
        at += pathLength;
        buffer.putBytes(at, form.bytes(), form.from(Parameter.VALUE), valueLength);
        at += valueLength;
        buffer.putBytes(at, form.bytes(), form.from(Parameter.PREV_VALUE), prevValueLength);
        length = at + prevValueLength;
    }

    /** Encodes a plain read or write of one key. */
    void build(
            final CommandType type,
            final byte[] path,
            final byte[] value,
            final long correlationId,
            final long nowNanos) {
        ensure((long) KeysCommand.HEADER_LENGTH + path.length + value.length);
        final int at =
                KeysCommand.encodeHeader(
                        buffer,
                        0,
                        type,
                        0,
                        correlationId,
                        nowNanos,
                        CommandEnvelope.PERMANENT,
                        0,
                        path.length,
                        value.length,
                        0);
        buffer.putBytes(at, path);
        buffer.putBytes(at + path.length, value);
        length = at + path.length + value.length;
    }

    void noteEdgeTime(final long nanos) {
        CommandEnvelope.encodeEdgeTime(buffer, 0, nanos);
    }

    /** Adds flags to the command. */
    void addFlags(final int flags) {
        final int at = CommandEnvelope.FLAGS_OFFSET;
        buffer.putByte(at, (byte) (buffer.getByte(at) | flags));
    }

    /** Encodes a command that only names another: the end of a watch, the wish for more. */
    void buildAbout(final CommandType type, final long correlationId, final long nowNanos) {
        ensure(KeysCommand.HEADER_LENGTH + ROOT.length);
        final int at =
                KeysCommand.encodeHeader(
                        buffer,
                        0,
                        type,
                        0,
                        correlationId,
                        nowNanos,
                        CommandEnvelope.PERMANENT,
                        0,
                        ROOT.length,
                        0,
                        0);
        buffer.putBytes(at, ROOT);
        length = at + ROOT.length;
    }

    /** Gives back what a rare large command took. */
    void release() {
        if (buffer.capacity() > RETAINED_CAPACITY) {
            buffer.wrap(new byte[INITIAL_CAPACITY]);
        }
    }

    private static int flags(
            final CommandType type, final HttpMethod method, final KeysParameters parameters) {
        int flags = 0;
        if (parameters.isDir()) {
            flags |= KeysCommand.DIR;
        }
        if (parameters.isRecursive()) {
            flags |= KeysCommand.RECURSIVE;
        }
        if (parameters.isSorted()) {
            flags |= KeysCommand.SORTED;
        }
        if (parameters.isQuorum() && type == CommandType.GET && method == HttpMethod.GET) {
            flags |= CommandEnvelope.QUORUM;
        }
        if (parameters.isRefresh() && type.isWrite()) {
            flags |= KeysCommand.REFRESH;
        }
        if (parameters.isStream() && type == CommandType.WATCH) {
            flags |= KeysCommand.STREAM;
        }
        return flags;
    }

    private static long index(
            final CommandType type, final boolean isCompare, final KeysParameters parameters) {
        if (type == CommandType.WATCH) {
            return parameters.waitIndex();
        }
        return isCompare ? parameters.prevIndex() : 0;
    }

    /** The absolute expiration; one beyond the clock's range is none, as ours never wraps. */
    private static long expiration(final KeysParameters parameters, final long nowNanos) {
        if (!parameters.hasTtl()) {
            return CommandEnvelope.PERMANENT;
        }
        final long longestSeconds = (Long.MAX_VALUE - nowNanos) / UtcTime.NANOS_PER_SECOND;
        return Long.compareUnsigned(parameters.ttlSeconds(), longestSeconds) > 0
                ? CommandEnvelope.PERMANENT
                : nowNanos + parameters.ttlSeconds() * UtcTime.NANOS_PER_SECOND;
    }

    private void ensure(final long capacity) {
        if (buffer.capacity() < capacity) {
            buffer.wrap(new byte[Math.toIntExact(Math.max(capacity, buffer.capacity() * 2L))]);
        }
    }
}
