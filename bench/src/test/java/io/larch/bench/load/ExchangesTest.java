package io.larch.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ExchangesTest {
    private static final String SWAPPED =
            "{\"action\":\"compareAndSwap\",\"node\":{\"key\":\"/k\",\"value\":\"v\",\"modifiedIndex\":17,"
                    + "\"createdIndex\":4},\"prevNode\":{\"key\":\"/k\",\"modifiedIndex\":9}}";
    private static final String REFUSED =
            "{\"errorCode\":101,\"message\":\"Compare failed\",\"cause\":\"[9 != 23]\",\"index\":25}";

    private final LoadContext context = LoadContext.parse("--value-size=1", "--url=http://h:1");

    @Test
    void shouldSwapByTheIndexOfTheLastReply() {
        final CasExchange exchange = cas(false);

        assertTrue(text(exchange.request(7)).startsWith("PUT /v2/keys/bench-cas/00000003 HTTP"));
        answer(exchange, 201, SWAPPED);
        assertTrue(
                text(exchange.request(7))
                        .startsWith("PUT /v2/keys/bench-cas/00000003?prevIndex=000000000017 HTTP"));
        assertTrue(exchange.isCounted());
        assertFalse(exchange.hasFailed());
    }

    @Test
    void shouldLearnOfOthersSwapsByARefusal() {
        final CasExchange exchange = cas(true);
        answer(exchange, 201, SWAPPED);
        answer(exchange, 412, REFUSED);

        assertTrue(text(exchange.request(7)).contains("?prevIndex=000000000023 "));
        assertFalse(exchange.isCounted());
        assertFalse(exchange.hasFailed());
    }

    @Test
    void shouldFailByARefusalOfAKeyOfItsOwn() {
        final CasExchange exchange = cas(false);
        answer(exchange, 201, SWAPPED);
        answer(exchange, 412, REFUSED);

        assertTrue(exchange.hasFailed());
    }

    @Test
    void shouldFailWithAServerInTrouble() {
        final CasExchange exchange = cas(true);
        answer(exchange, 500, "{}");

        assertTrue(exchange.hasFailed());
        assertFalse(exchange.isCounted());
    }

    @Test
    void shouldWriteOneOfTenTimes() {
        final MixExchange exchange =
                new MixExchange(
                        new HttpExchange(RequestTemplate.get(context)),
                        new HttpExchange(RequestTemplate.put(context)),
                        1);
        int writes = 0;
        for (int i = 0; i < 10_000; i++) {
            writes += text(exchange.request(i)).startsWith("PUT") ? 1 : 0;
        }

        assertEquals(1000, writes, 100);
    }

    @Test
    void shouldAskForOnePathWhereThereIsNoKey() {
        final HttpExchange exchange = new HttpExchange(RequestTemplate.post(context));

        assertEquals(
                "POST /v2/keys/bench-queue HTTP/1.1\r\nHost: h:1\r\n"
                        + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\nvalue=v",
                text(exchange.request(12)));
    }

    private CasExchange cas(final boolean isContended) {
        return new CasExchange(
                RequestTemplate.putToCompare(context),
                RequestTemplate.compareAndSwap(context),
                3,
                isContended);
    }

    private static void answer(final Exchange exchange, final int status, final String body) {
        final String reply =
                "HTTP/1.1 " + status + " x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
        final ByteBuffer arrived = ByteBuffer.allocate(1024);
        arrived.put(reply.getBytes(StandardCharsets.US_ASCII));
        assertTrue(exchange.isComplete(arrived));
        assertEquals(0, arrived.position());
    }

    private static String text(final ByteBuffer request) {
        return StandardCharsets.US_ASCII.decode(request.duplicate()).toString();
    }
}
