/**
 * A remote procedure call as its service sees it, whatever it came by: gRPC or the JSON gateway.
 *
 * <p>Thread: one event loop.
 *
 * <p>May know: {@link io.larch.http.output}, Netty's buffers.
 *
 * <p>Read first: {@link io.larch.http.v3.rpc.RpcCall}, then {@link
 * io.larch.http.v3.rpc.RpcHandler}.
 */
package io.larch.http.v3.rpc;
