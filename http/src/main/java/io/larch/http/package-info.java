/**
 * The HTTP edge of a member: accepts clients, hands their requests to the engine, prints its
 * answers.
 *
 * <p>Thread: {@link io.larch.http.HttpEdge} and {@link io.larch.http.HttpContext} belong to the
 * thread that builds the member; everything of a connection runs on its event loop. In the fused
 * layout that is also the engine's thread, so an answer may arrive while the request is still being
 * handed over.
 *
 * <p>May know: all rooms below, the engine's ports and codec, Netty. Nothing below knows this one.
 *
 * <p>Read first: {@link io.larch.http.HttpConnection}, then {@link io.larch.http.EdgeLoop}.
 */
package io.larch.http;
