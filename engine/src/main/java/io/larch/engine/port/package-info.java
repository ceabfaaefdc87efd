/**
 * What stands around the engine sees of it, and it of them: requests in ({@link
 * io.larch.engine.port.RequestPort}), replies out ({@link io.larch.engine.port.Reply}), questions
 * off the hot path ({@link io.larch.engine.port.Query}), and messages and snapshots between members
 * ({@link io.larch.engine.port.PeerTransport}, {@link io.larch.engine.port.SnapshotSink}).
 *
 * <p>Each interface says on which thread its methods run: a port's on its event loop, the
 * transport's on the engine's. Buffers are valid during a call only. Knows the commands' layout and
 * Raft's messages.
 *
 * <p>Read first: {@link io.larch.engine.port.RequestPort}, {@link io.larch.engine.port.Reply}.
 */
package io.larch.engine.port;
