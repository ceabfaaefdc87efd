package io.larch.tools.transfer;

/**
 * What became of an import of v3 keys.
 *
 * @param revision of the source.
 * @param keys that the target has of it.
 * @param written keys.
 * @param deleted keys.
 * @param sha256 of keys, values and leases of both sides, in hexadecimal; null: they were not
 *     compared.
 */
public record KvSummary(
        long revision, long keys, long leases, long written, long deleted, String sha256) {}
