/**
 * The v3 API between edges and the engine: commands whose bodies are the client's own protobuf
 * bytes ({@link io.larch.engine.codec.kv.KvCommand}), answers ({@link
 * io.larch.engine.codec.kv.KvReply}), events of watches ({@link
 * io.larch.engine.codec.kv.KvEvents}), refusals ({@link io.larch.engine.codec.kv.KvError}), and
 * protobuf as far as they need it ({@link io.larch.engine.codec.kv.ProtoReader}, {@link
 * io.larch.engine.codec.kv.ProtoWriter}).
 *
 * <p>Flyweights belong to one thread each. Knows the envelope of commands.
 *
 * <p>Read first: {@link io.larch.engine.codec.kv.KvCommand}.
 */
package io.larch.engine.codec.kv;
