package io.larch.tools.bolt;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What the first two pages of a file say of it, one of them of the newest transaction. Behind a
 * page's header stands, little endian:
 *
 * <pre>
 *   0       4         8           12      16     24         32         40     48     56         64
 *   +-------+---------+-----------+-------+------+----------+----------+------+------+----------+
 *   | magic | version | page size | flags | root | sequence | freelist | used | txid | checksum |
 *   +-------+---------+-----------+-------+------+----------+----------+------+------+----------+
 *
 *   root       page of the bucket in which all others are
 *   used       pages from here on have never been used
 *   checksum   FNV-1a of 64 bits, of all before it
 * </pre>
 *
 * @param root page.
 * @param used as above.
 * @param transaction number of; the higher one counts.
 */
record Meta(int pageSize, long root, long used, long transaction) {
    static final int BYTES = 64;
    static final int MIN_PAGE_BYTES = 1 << 10;
    static final int MAX_PAGE_BYTES = 1 << 24;

    private static final int MAGIC = 0xed0cdaed;
    private static final int VERSION = 2;
    private static final int CHECKSUM_OFFSET = 56;
    private static final long FNV_BASIS = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    /** What is wrong with a page; null: nothing. */
    static String fault(final byte[] page) {
        final ByteBuffer fields = fields(page);
        final int magic = fields.getInt(0);
        if (magic != MAGIC) {
            return "bad magic %08x".formatted(magic);
        }
        if (fields.getInt(4) != VERSION) {
            return "version %d, and not %d".formatted(fields.getInt(4), VERSION);
        }
        final long sum = checksum(page);
        if (fields.getLong(CHECKSUM_OFFSET) != sum) {
            return "bad checksum %016x, should be %016x"
                    .formatted(fields.getLong(CHECKSUM_OFFSET), sum);
        }
        final int size = fields.getInt(8);
        return size < MIN_PAGE_BYTES || size > MAX_PAGE_BYTES || Integer.bitCount(size) != 1
                ? "no page has a size of " + size
                : null;
    }

    /**
     * Of a page that has no {@link #fault}.
     *
     * @param page with its header.
     */
    static Meta of(final byte[] page) {
        final ByteBuffer fields = fields(page);
        return new Meta(
                fields.getInt(8), fields.getLong(16), fields.getLong(40), fields.getLong(48));
    }

    /** Of the 56 bytes behind a page's header. */
    static long checksum(final byte[] page) {
        long sum = FNV_BASIS;
        for (int i = 0; i < CHECKSUM_OFFSET; i++) {
            sum = (sum ^ page[Page.HEADER_BYTES + i] & 0xff) * FNV_PRIME;
        }
        return sum;
    }

    private static ByteBuffer fields(final byte[] page) {
        return ByteBuffer.wrap(page, Page.HEADER_BYTES, BYTES)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
    }
}
