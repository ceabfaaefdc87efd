/**
 * The files of an etcd that does not run, of version 2.3, 3.4 or 3.5, and the v2 keys that are in
 * them: a snapshot of the store, and a log of what became of it since, which is replayed. Only
 * reads. Blocks the thread that asks; all keys are in memory.
 *
 * <p>Knows protobuf as Larch's own v3 API has it, and JSON; nothing else of Larch.
 *
 * <p>Read first: {@link io.larch.tools.etcd.DataDirectory}, then {@code LogReplay}.
 */
package io.larch.tools.etcd;
