package io.larch.http.v3.rpc;

import java.util.function.Function;

/**
 * A method of a service.
 *
 * @param path as gRPC has it: {@code /package.Service/Method}.
 * @param isClientStreaming whether a call has any number of requests.
 * @param isServerStreaming whether a call has any number of answers.
 * @param starter takes a call on its event loop.
 */
public record RpcMethod(
        String path,
        boolean isClientStreaming,
        boolean isServerStreaming,
        Function<RpcCall, RpcHandler> starter) {
    /** One request, one answer. */
    public static RpcMethod unary(final String path, final Function<RpcCall, RpcHandler> starter) {
        return new RpcMethod(path, false, false, starter);
    }

    /** One request, any number of answers. */
    public static RpcMethod serverStreaming(
            final String path, final Function<RpcCall, RpcHandler> starter) {
        return new RpcMethod(path, false, true, starter);
    }

    /** Any number of both. */
    public static RpcMethod streaming(
            final String path, final Function<RpcCall, RpcHandler> starter) {
        return new RpcMethod(path, true, true, starter);
    }
}
