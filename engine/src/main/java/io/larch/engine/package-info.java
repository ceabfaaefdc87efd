/**
 * The engine's face: who starts a member sees {@link io.larch.engine.Engine} (on the caller's
 * thread) or {@link io.larch.engine.ThreadedEngine} (on threads of its own), sets an {@link
 * io.larch.engine.EngineContext} and opens ports. {@link io.larch.engine.Replay} applies entries
 * without a member, for who restores a past.
 *
 * <p>Only this package and {@code loop} know how the rooms hang together. The rooms may know of it
 * the settings, the log lines and the exceptions, and nothing that runs.
 *
 * <p>Read first: {@link io.larch.engine.Engine}, then {@code loop.EngineAgent}, the table of
 * contents of a turn; the map is {@code engine/README.md}.
 */
package io.larch.engine;
