package io.larch.tools.transfer;

/**
 * What became of a copy of v3 keys.
 *
 * @param revision of the source up to which all is in the target.
 * @param keys that the target has of it.
 * @param written keys.
 * @param deleted keys.
 * @param followed changes that a watch told; null: none was asked.
 * @param passes over all keys.
 * @param sha256 of keys, values and leases of both sides, in hexadecimal; null: they were not
 *     compared.
 */
public record KvSummary(
        long revision,
        long keys,
        long leases,
        long written,
        long deleted,
        Long followed,
        long passes,
        String sha256) {}
