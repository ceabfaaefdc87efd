package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.http.v3.http2.Http2Limits;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an operator says about connections of HTTP/2: streams at once, and pings both ways. */
class Http2KeepaliveTest {
    private static final int MIN_MS = 5_000;
    private static final int INTERVAL_MS = 10_000;
    private static final int TIMEOUT_MS = 2_000;

    private Http2Client client;

    @AfterEach
    void closeClient() {
        client.close();
        assertEquals(0, client.server.counters.faults());
    }

    private void connect(final long maxStreams, final long minMs, final long intervalMs) {
        final Http2Limits limits =
                new Http2Limits(
                        maxStreams,
                        TimeUnit.MILLISECONDS.toNanos(minMs),
                        TimeUnit.MILLISECONDS.toNanos(intervalMs),
                        TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MS));
        client =
                new Http2Client(
                        new Client(new HttpContext().v3(V3Options.DEFAULT).http2Limits(limits)),
                        new Http2Settings());
    }

    /** One call that is not answered: there is a stream. */
    private void call() {
        final Http2Client.Answer answer = client.open(GrpcTest.headers(GrpcTest.PUT), false);
        client.send(answer, GrpcTest.frame(GrpcTest.PUT_A), true);
        client.exchange();
    }

    private void pass(final int ms) {
        client.server.advanceMs(ms);
        client.exchange();
    }

    @ParameterizedTest
    @CsvSource({"7", "1000", "4294967295"})
    void shouldSayHowManyStreamsThereMayBe(final long maxStreams) {
        connect(maxStreams, MIN_MS, INTERVAL_MS);

        assertEquals(maxStreams, client.serverSettings.maxConcurrentStreams());
    }

    @Test
    void shouldLeaveWhoPingsMoreOftenThanItMay() {
        connect(100, MIN_MS, 0);
        call();
        for (int i = 0; i < 4 && client.goAwayError == null; i++) {
            client.ping();
            pass(MIN_MS - 1);
            client.ping();
        }

        assertEquals(Http2Error.ENHANCE_YOUR_CALM.code(), client.goAwayError);
        assertEquals("too_many_pings", client.goAwayText);
        assertFalse(client.server.isOpen());
        assertEquals(1, client.server.counters.http2Refused());
    }

    @ParameterizedTest
    @CsvSource({"200,200", "0,0", "0,100"})
    void shouldLetPingWhoKeepsToIt(final int minMs, final int pauseMs) {
        connect(100, minMs, 0);
        call();
        for (int i = 0; i < 20; i++) {
            client.ping();
            pass(pauseMs);
        }

        assertNull(client.goAwayError);
        assertTrue(client.server.isOpen());
    }

    /** As clients of grpc-go do, to learn how wide their windows should be. */
    @Test
    void shouldLetPingWhoTakesMoreAndMoreOfAnAnswer() {
        connect(100, MIN_MS, 0);
        client.isReading = false;
        client.window(0);
        final Http2Client.Answer answer = client.get("/version");
        int window = 0;
        while (!answer.isComplete && client.goAwayError == null) {
            client.window(++window);
            client.ping();
        }

        assertNull(client.goAwayError);
        assertTrue(window > 20, "taken in " + window);
        assertEquals(window, answer.body.length());
    }

    @Test
    void shouldPingWhoIsSilentAndKeepWhoAnswers() {
        connect(100, MIN_MS, INTERVAL_MS);
        for (int i = 1; i <= 5; i++) {
            pass(INTERVAL_MS);
            pass(TIMEOUT_MS + 1);
            assertTrue(client.server.isOpen(), "after the ping " + i);
        }
        assertEquals(5, client.pings, "pings of the server");
    }

    @Test
    void shouldCloseWhoDoesNotAnswerAPing() {
        connect(100, MIN_MS, INTERVAL_MS);
        client.server.advanceMs(INTERVAL_MS);
        assertTrue(client.server.isOpen());
        client.server.advanceMs(TIMEOUT_MS - 1);
        assertTrue(client.server.isOpen());
        client.server.advanceMs(1);

        assertFalse(client.server.isOpen());
    }

    @Test
    void shouldNotPingWhenItMayNot() {
        connect(100, MIN_MS, 0);
        client.server.advanceMs(100 * INTERVAL_MS);
        client.exchange();

        assertEquals(0, client.pings);
        assertTrue(client.server.isOpen());
    }
}
