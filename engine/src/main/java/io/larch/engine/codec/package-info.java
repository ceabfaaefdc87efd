/**
 * Bytes that all sides agree on: what commands have in common ({@link
 * io.larch.engine.codec.CommandEnvelope}), the keys' own ({@link
 * io.larch.engine.codec.KeysCommand}), events ({@link io.larch.engine.codec.EventFlyweight}), error
 * codes. The same bytes are in the rings, the log, and the messages between members; nothing here
 * may change its meaning.
 *
 * <p>Flyweights belong to one thread each. Knows nothing.
 *
 * <p>Read first: {@link io.larch.engine.codec.CommandEnvelope}.
 */
package io.larch.engine.codec;
