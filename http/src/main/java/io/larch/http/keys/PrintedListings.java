package io.larch.http.keys;

import io.larch.http.text.ByteWriter;
import org.agrona.BitUtil;

/**
 * Texts of listings that were printed before, by the number that the engine gave to what they say
 * ({@link io.larch.engine.port.Reply#listing}). Such a number never stands for anything else, so
 * nothing here becomes wrong, only useless; the text not asked for the longest goes first.
 *
 * <p>At most {@link #MAX_TEXTS} in arrays of {@link #MAX_BYTES}. Arrays are used again for other
 * texts, so that listings that change leave no garbage. One event loop's.
 */
final class PrintedListings {
    static final int MAX_TEXTS = 64;
    static final int MAX_TEXT_BYTES = 256 << 10;
    static final int MAX_BYTES = 4 << 20;
    private static final int UNIT = 4 << 10;

    private final long[] numbers = new long[MAX_TEXTS];
    private final long[] usedAt = new long[MAX_TEXTS];
    private final int[] lengths = new int[MAX_TEXTS];
    private final byte[][] texts = new byte[MAX_TEXTS][0];
    private int bytes;
    private long uses;

    /**
     * Appends the text of a number.
     *
     * @return false when it is not known, and nothing was appended.
     */
    boolean print(final long number, final ByteWriter out) {
        for (int i = 0; number != 0 && i < MAX_TEXTS; i++) {
            if (numbers[i] == number) {
                usedAt[i] = ++uses;
                out.put(texts[i], 0, lengths[i]);
                return true;
            }
        }
        return false;
    }

    /** Remembers what was printed from an offset on as the text of a number, if it has one. */
    void printed(final long number, final ByteWriter out, final int offset) {
        final int length = out.length() - offset;
        if (number == 0 || length > MAX_TEXT_BYTES) {
            return;
        }
        final int place = leastUsed(0);
        // It has its number when all of it is there: an array may not be had.
        numbers[place] = 0;
        usedAt[place] = ++uses;
        if (texts[place].length < length) {
            resize(place, BitUtil.align(length, UNIT));
        }
        while (bytes > MAX_BYTES) {
            final int other = leastUsed(1);
            numbers[other] = 0;
            usedAt[other] = 0;
            resize(other, 0);
        }
        System.arraycopy(out.bytes(), offset, texts[place], 0, length);
        lengths[place] = length;
        numbers[place] = number;
    }

    /** The arrays' bytes. */
    int bytes() {
        return bytes;
    }

    private void resize(final int place, final int length) {
        final byte[] text = new byte[length];
        bytes += length - texts[place].length;
        texts[place] = text;
    }

    /** Of the places whose arrays are not shorter. */
    private int leastUsed(final int minLength) {
        int least = -1;
        for (int i = 0; i < MAX_TEXTS; i++) {
            if (texts[i].length >= minLength && (least < 0 || usedAt[i] < usedAt[least])) {
                least = i;
            }
        }
        return least;
    }
}
