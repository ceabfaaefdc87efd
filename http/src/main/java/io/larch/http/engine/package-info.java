/**
 * The way of one event loop into the engine and back, as those see it who have their own package:
 * what they hand over, and what they are told.
 *
 * <p>Thread: one event loop. An answer may arrive while a command is being offered.
 *
 * <p>May know: {@link io.larch.http.output}, the engine's ports, Netty's buffers.
 *
 * <p>Read first: {@link io.larch.http.engine.EngineAccess}.
 */
package io.larch.http.engine;
