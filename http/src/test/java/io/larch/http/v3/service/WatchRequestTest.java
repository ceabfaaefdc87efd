package io.larch.http.v3.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.kv.ProtoWriter;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class WatchRequestTest {
    private static final int UNKNOWN = 100;

    private final ExpandableArrayBuffer sent = new ExpandableArrayBuffer();
    private int length;

    private WatchRequestTest bytes(final int field, final int... bytes) {
        final UnsafeBuffer source = new UnsafeBuffer(new byte[bytes.length]);
        for (int i = 0; i < bytes.length; i++) {
            source.putByte(i, (byte) bytes[i]);
        }
        length = ProtoWriter.element(sent, length, field, source, 0, bytes.length);
        return this;
    }

    private WatchRequestTest number(final int field, final long value) {
        length = ProtoWriter.number(sent, length, field, value);
        return this;
    }

    private WatchRequest read() {
        return WatchRequest.read(sent, 0, length);
    }

    /** It is kept for as long as there is a watch. */
    @Test
    void shouldKeepNothingButWhatTheEngineLooksAt() {
        bytes(1, 'x', 'y').bytes(UNKNOWN, new int[100_000]).bytes(1, 'a').bytes(2, 'b');
        number(3, 5).number(4, 1).bytes(5, 1, 1, 1, 0).number(6, 1).number(7, 9).number(8, 1);
        final WatchRequest request = read();
        assertArrayEquals(
                new byte[] {0xa, 1, 'a', 0x12, 1, 'b', 0x18, 5, 0x2a, 2, 0, 1, 0x30, 1},
                request.bytes());
        assertEquals(5, request.startRevision());
        assertEquals(9, request.watchId());
        assertTrue(request.isFragmented() && request.isProgressWanted());
        assertTrue(request.hasKnownFilters());
    }

    @Test
    void shouldKeepOneFilterAndNoMore() {
        assertArrayEquals(
                new byte[] {0xa, 1, 'a', 0x2a, 1, 1}, bytes(1, 'a').number(5, 1).read().bytes());
    }

    @Test
    void shouldKeepNothingOfNothing() {
        assertEquals(0, read().bytes().length);
        assertFalse(bytes(5, 7).read().hasKnownFilters());
    }
}
