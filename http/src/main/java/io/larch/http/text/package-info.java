/**
 * Bytes and text: writing, JSON, ASCII, percent signs, times. Reused buffers, no garbage.
 *
 * <p>Thread: none of its own; what has state belongs to one event loop.
 *
 * <p>May know: Netty's buffers, Agrona, the engine's codec. No HTTP, no keys, no engine.
 *
 * <p>Read first: {@link io.larch.http.text.ByteWriter}, then {@link io.larch.http.text.JsonWriter}.
 */
package io.larch.http.text;
