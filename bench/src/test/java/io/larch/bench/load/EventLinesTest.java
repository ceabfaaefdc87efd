package io.larch.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventLinesTest {
    private static final String HEAD =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";

    private final List<String> events = new ArrayList<>();
    private final EventLines lines =
            new EventLines((index, number) -> events.add(index + ":" + number));

    private static String event(final int number, final int index) {
        return "{\"action\":\"set\",\"node\":{\"key\":\"/bench-watched/0000000"
                + number
                + "\",\"value\":\"v\",\"modifiedIndex\":"
                + index
                + ",\"createdIndex\":1},\"prevNode\":{\"key\":\"/bench-watched/0000000"
                + number
                + "\",\"modifiedIndex\":3}}\n";
    }

    private static String chunk(final String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    private void read(final String text) {
        final ByteBuffer buffer = ByteBuffer.allocate(text.length());
        buffer.put(text.getBytes(StandardCharsets.US_ASCII));
        lines.read(buffer);
        assertEquals(0, buffer.position());
    }

    @Test
    void shouldReadEventsWhereverTheyAreDivided() {
        final String two = event(3, 41) + event(4, 42);
        final String all = HEAD + chunk(two.substring(0, 50)) + chunk(two.substring(50));

        for (int i = 0; i < all.length(); i++) {
            read(all.substring(i, i + 1));
        }

        assertEquals(List.of("41:3", "42:4"), events);
    }

    @Test
    void shouldReadManyEventsOfOneChunk() {
        read(HEAD);
        assertTrue(lines.isOpen());

        read(chunk(event(1, 10) + event(2, 11)) + chunk(event(3, 12)));

        assertEquals(List.of("10:1", "11:2", "12:3"), events);
    }

    @Test
    void shouldNotBeOpenBeforeTheWholeHead() {
        read(HEAD.substring(0, HEAD.length() - 1));

        assertFalse(lines.isOpen());
    }

    @Test
    void shouldRefuseWhatIsNoStreamOfEvents() {
        assertThrows(
                IllegalStateException.class,
                () -> read("HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n"));
    }

    @Test
    void shouldRefuseAnEnd() {
        read(HEAD);

        assertThrows(IllegalStateException.class, () -> read("0\r\n\r\n"));
    }
}
