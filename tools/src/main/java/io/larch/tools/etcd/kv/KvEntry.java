package io.larch.tools.etcd.kv;

/**
 * A key as it is now. Its value is in memory, or in the file.
 *
 * @param created revision of.
 * @param modified revision of.
 * @param sub of the changes of that revision which it was, from 0 on.
 * @param version how many changes since it was created, 1 at first.
 * @param lease 0: none.
 * @param value null: in the file, at a position.
 */
public record KvEntry(
        byte[] key,
        long created,
        long modified,
        long sub,
        long version,
        long lease,
        byte[] value,
        long position,
        int length) {}
