/**
 * The keys of the v3 API: {@link io.larch.engine.kv.KvApplication} is the door that the engine
 * knows. Behind it etcd's rules for puts, deletions, transactions ({@link
 * io.larch.engine.kv.KvWrites}), leases and alarms, answers of any length ({@link
 * io.larch.engine.kv.KvReads}), watches ({@code watch}), and its part of snapshots. What is held is
 * in {@code mvcc} and {@code lease}.
 *
 * <p>On the engine thread, and replicated: it depends on what is applied alone, but for what is
 * told to watches and what is refused before it is proposed. Requests and answers are protobuf
 * bytes, read and written where they are.
 *
 * <p>Read first: {@link io.larch.engine.kv.KvApplication}, then {@link
 * io.larch.engine.kv.KvWrites}.
 */
package io.larch.engine.kv;
