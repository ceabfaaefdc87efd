/**
 * The v3 keys of an etcd: read out of its database ({@code KvDatabase}), and brought further by
 * requests of its log ({@code KvReplay}) by etcd's rules. Names of keys are in memory, values stay
 * in the file until they are asked for.
 *
 * <p>Knows protobuf as Larch's own v3 API has it, and files of bbolt; nothing else of Larch.
 *
 * <p>Read first: {@link io.larch.tools.etcd.kv.KvStore}, then {@link
 * io.larch.tools.etcd.kv.KvDatabase} and {@link io.larch.tools.etcd.kv.KvReplay}.
 */
package io.larch.tools.etcd.kv;
