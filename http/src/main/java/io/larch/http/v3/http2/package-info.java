/**
 * HTTP/2 as it is on a connection: preface, frames by Netty's codec, streams, limits against
 * hostile clients, keepalive. What a stream's request is answered with is its handler's ({@link
 * io.larch.http.v3.http2.StreamRouter}).
 *
 * <p>Thread: one event loop.
 *
 * <p>May know: {@link io.larch.http.output}, Netty.
 *
 * <p>Read first: {@link io.larch.http.v3.http2.Http2Session}, then {@link
 * io.larch.http.v3.http2.ServerStream}.
 */
package io.larch.http.v3.http2;
