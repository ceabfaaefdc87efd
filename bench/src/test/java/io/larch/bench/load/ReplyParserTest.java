package io.larch.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReplyParserTest {
    private final ReplyParser parser = new ReplyParser();

    @Test
    void shouldFindTheEndByContentLengthAtWhicheverByteTheReplyIsCut() {
        final String reply = "HTTP/1.1 201 Created\r\nX-A: b\r\nContent-Length: 5\r\n\r\nhello";

        for (int length = 0; length < reply.length(); length++) {
            assertFalse(parser.isComplete(buffer(reply.substring(0, length))), "cut at " + length);
        }
        assertTrue(parser.isComplete(buffer(reply)));
        assertEquals(201, parser.status());
    }

    @Test
    void shouldFindTheEndByTheLastChunk() {
        final String reply =
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";

        assertFalse(parser.isComplete(buffer(reply.substring(0, reply.length() - 5))));
        assertTrue(parser.isComplete(buffer(reply)));
    }

    @Test
    void shouldRefuseAReplyWhoseEndCannotBeFound() {
        assertThrows(
                IllegalStateException.class,
                () -> parser.isComplete(buffer("HTTP/1.1 200 OK\r\n\r\nx")));
    }

    private static ByteBuffer buffer(final String text) {
        return ByteBuffer.allocate(1024).put(text.getBytes(StandardCharsets.US_ASCII));
    }
}
