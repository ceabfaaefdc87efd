package io.larch.http.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.http.wire.HttpDecoder.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InputBudgetTest {
    private static final int MIB = 1 << 20;

    private final InputBudget budget = new InputBudget(20 * MIB);

    private HttpDecoder decoder() {
        return new HttpDecoder(MIB, 10 * MIB, budget);
    }

    private static ByteBuf text(final String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    /** A form of which nothing but the last byte has come. */
    private static Outcome sendAllButTheEnd(final HttpDecoder decoder, final int length) {
        final Outcome head =
                decoder.decode(
                        text(
                                "PUT /v2/keys/a HTTP/1.1\r\nHost: h\r\nContent-Length: "
                                        + length
                                        + "\r\n\r\n"));
        assertEquals(Outcome.HEAD, head);
        decoder.keepBody();
        return decoder.decode(Unpooled.wrappedBuffer(new byte[length - 1]));
    }

    @Test
    void shouldRefuseABodyThatTheOthersLeaveNoMemoryFor() {
        final List<HttpDecoder> others = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            others.add(decoder());
            assertEquals(Outcome.NEED_MORE, sendAllButTheEnd(others.get(i), 2 * MIB));
        }
        assertTrue(budget.usedBytes() > 8 * MIB && budget.usedBytes() <= 20 * MIB);

        final HttpDecoder late = decoder();
        assertEquals(Outcome.BAD, sendAllButTheEnd(late, 9 * MIB));
        assertEquals("503 Service Unavailable", late.error());
        late.release();
        final List<HttpDecoder> small = new ArrayList<>();
        for (int i = 0; i < 4_000; i++) {
            small.add(decoder());
            assertEquals(Outcome.NEED_MORE, sendAllButTheEnd(small.get(i), 4_000));
        }
        small.forEach(HttpDecoder::release);

        others.forEach(HttpDecoder::release);
        assertEquals(0, budget.usedBytes());
        assertEquals(Outcome.NEED_MORE, sendAllButTheEnd(decoder(), 9 * MIB));
    }

    @Test
    void shouldRefuseAHeadThatTheOthersLeaveNoMemoryFor() {
        final String head = "GET /" + "x".repeat(MIB - 100);
        Outcome outcome = Outcome.NEED_MORE;
        HttpDecoder last = null;
        for (int i = 0; i < 21 && outcome == Outcome.NEED_MORE; i++) {
            last = decoder();
            outcome = last.decode(text(head));
        }
        assertEquals(Outcome.BAD, outcome);
        assertEquals("503 Service Unavailable", last.error());
    }

    @Test
    void shouldGiveMemoryBackWhenTheRequestIsDone() {
        final HttpDecoder decoder = decoder();
        for (int i = 0; i < 10; i++) {
            assertEquals(Outcome.NEED_MORE, sendAllButTheEnd(decoder, 9 * MIB));
            assertEquals(Outcome.REQUEST, decoder.decode(text("x")));
            decoder.reset();
            assertEquals(0, budget.usedBytes());
        }
    }

    @Test
    void shouldKeepLittleForTheNextRequestWhenMemoryIsShort() {
        final HttpDecoder small = decoder();
        sendAllButTheEnd(small, 1000);
        small.decode(text("x"));
        small.reset();
        assertTrue(budget.usedBytes() > 0, "kept for the next request");

        final HttpDecoder large = decoder();
        assertEquals(Outcome.NEED_MORE, sendAllButTheEnd(large, 10 * MIB));
        final long withSmall = budget.usedBytes();
        sendAllButTheEnd(small, 1000);
        small.decode(text("x"));
        small.reset();

        assertTrue(budget.usedBytes() < withSmall);
    }
}
