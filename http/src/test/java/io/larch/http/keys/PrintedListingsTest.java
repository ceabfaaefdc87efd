package io.larch.http.keys;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.http.text.ByteWriter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PrintedListingsTest {
    private final PrintedListings listings = new PrintedListings();
    private final ByteWriter out = new ByteWriter();

    private void printed(final long number, final byte[] text) {
        out.clear();
        out.put("before").put(text);
        listings.printed(number, out, 6);
    }

    private byte[] print(final long number) {
        out.clear();
        return listings.print(number, out) ? Arrays.copyOf(out.bytes(), out.length()) : null;
    }

    @Test
    void shouldForgetTheLeastLatelyUsedBeyondTheirNumber() {
        for (int number = 1; number <= PrintedListings.MAX_TEXTS; number++) {
            printed(number, new byte[] {(byte) number});
        }
        assertArrayEquals(new byte[] {1}, print(1));

        printed(1000, new byte[] {100});

        assertArrayEquals(new byte[] {1}, print(1));
        assertEquals(null, print(2));
        assertArrayEquals(new byte[] {100}, print(1000));
    }

    @Test
    void shouldTellNothingButWhatWasPrintedAndHoldNoMoreBytesThanItsBound() {
        final Random random = new Random(1);
        final Map<Long, byte[]> texts = new HashMap<>();
        int known = 0;
        for (long number = 1; number <= 2000; number++) {
            final int most = number < 1000 ? PrintedListings.MAX_TEXT_BYTES : 10_000;
            final byte[] text = new byte[random.nextInt(most + 1)];
            random.nextBytes(text);
            texts.put(number, text);
            printed(number, text);
            assertArrayEquals(text, print(number));
            final long other = Math.max(1, number - random.nextInt(100));
            final byte[] printed = print(other);
            if (printed != null) {
                assertArrayEquals(texts.get(other), printed);
                known++;
            }
            assertTrue(listings.bytes() <= PrintedListings.MAX_BYTES, listings.bytes() + " bytes");
            texts.remove(number - 200);
        }
        assertTrue(known > 500, known + " known");
    }

    @Test
    void shouldNotRememberWhatHasNoNumberOrIsTooLong() {
        printed(0, new byte[] {1});
        printed(1, new byte[PrintedListings.MAX_TEXT_BYTES + 1]);
        out.clear();
        assertFalse(listings.print(0, out));
        assertFalse(listings.print(1, out));
        assertEquals(0, out.length());
        assertEquals(0, listings.bytes());
    }
}
