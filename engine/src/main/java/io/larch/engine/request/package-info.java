/**
 * What clients want and what they are told. {@link io.larch.engine.request.RequestHandler} takes
 * commands: writes become {@link io.larch.engine.request.Proposals}, reads are answered or wait for
 * a quorum, as conditional writes do that fail, watches go to their application. Ports bring them
 * in ({@code InlinePort} by a call, {@code RingPort} over a ring), {@link
 * io.larch.engine.request.ReplyRouter} finds the way back.
 *
 * <p>All of it is the engine thread's, but for the ends of the rings, which are an event loop's.
 * Knows ports, Raft, applications through their common door, and the members.
 *
 * <p>Read first: {@link io.larch.engine.request.RequestHandler#onCommand}, {@link
 * io.larch.engine.request.Proposals}.
 */
package io.larch.engine.request;
