/**
 * gRPC over HTTP/2: which method, messages from DATA frames and back, time-outs, status. Source:
 * the specification of gRPC over HTTP/2.
 *
 * <p>Thread: one event loop; a table of methods never changes.
 *
 * <p>May know: {@link io.larch.http.v3.http2}, {@link io.larch.http.v3.rpc}, {@link
 * io.larch.http.wire} for its bound of memory, {@link io.larch.http.output}, Netty.
 *
 * <p>Read first: {@link io.larch.http.v3.grpc.GrpcStream}.
 */
package io.larch.http.v3.grpc;
