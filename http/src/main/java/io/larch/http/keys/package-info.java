/**
 * /v2/keys, both ways: a request becomes a command, an event or an error becomes JSON. The hot
 * path.
 *
 * <p>Thread: one codec an event loop.
 *
 * <p>May know: {@link io.larch.http.wire}, {@link io.larch.http.route}, {@link io.larch.http.go},
 * {@link io.larch.http.text}, the engine's codec.
 *
 * <p>Read first: {@link io.larch.http.keys.KeysCodec}.
 */
package io.larch.http.keys;
