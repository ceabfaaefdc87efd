/**
 * Consensus, pure: {@link io.larch.engine.raft.RaftCore} is told messages, ticks, proposals and
 * what is durable, and tells in a {@link io.larch.engine.raft.Ready} what to send, save and apply.
 * No clock, thread, lock, file, socket or log framework.
 *
 * <p>On whichever thread owns the core: the engine's. Knows nothing of the engine.
 *
 * <p>Read first: {@link io.larch.engine.raft.RaftCore}, {@link io.larch.engine.raft.Ready}; how it
 * is tested says the README beside the code.
 */
package io.larch.engine.raft;
