package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.Action;
import io.larch.engine.port.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A fault of the edge ends the connection that it happened for, and is counted. */
class EdgeFaultTest {
    private static final String HOST = " HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String WATCH = "GET /v2/keys/w?wait=true" + HOST;

    private final Client client = new Client();

    @AfterEach
    void close() {
        client.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v2/keys/none" + HOST,
                "GET /v2/keys/none?quorum=true" + HOST,
                "GET /v2/keys/bad?quorum=maybe" + HOST,
                "GET /v2/members" + HOST,
                "GET /nowhere" + HOST,
                "no HTTP\r\n\r\n",
                WATCH
            })
    void shouldEndOneConnectionWhereverItHappens(final String request) {
        checkOneEnds(request, true);
        checkOneEnds(request, false);
    }

    private static void checkOneEnds(final String request, final boolean isInline) {
        try (Client client = new Client()) {
            final EmbeddedChannel other = another(client);
            client.engine.isAnswering = isInline;
            client.fault = isInline ? new IllegalStateException("injected") : null;
            client.write(request);
            if (!isInline) {
                client.fault = new IllegalStateException("injected");
            }
            client.engine.answerHeldBack();
            client.loop.onTick();
            client.received();
            if (client.fault != null) {
                // Answered without the engine, before the fault.
                assertEquals(0, client.counters.faults(), request);
                client.fault = null;
                return;
            }
            assertFalse(client.isOpen(), request);
            assertEquals(1, client.counters.faults(), request);
            client.engine.isAnswering = true;
            client.engine.answerHeldBack();
            assertTrue(client.engine.openWatches.isEmpty(), request);
            assertTrue(client.loop.isIdle(), request);
            assertTrue(other.isOpen(), request);
            assertEquals(0, client.loop.inputBudget().usedBytes());
        }
    }

    private static EmbeddedChannel another(final Client client) {
        return new EmbeddedChannel(client.connection());
    }

    @Test
    void shouldLetWatchersWatchAgain() {
        client.write(WATCH);
        final long id = client.engine.last().id();
        client.received();
        // The length of the event is a lie: printing it fails.
        client.engine.handler.onReply(
                new Reply()
                        .beginEvent(new long[] {id}, 1)
                        .bytes(new UnsafeBuffer(new byte[1]), 0, 1));
        client.received();
        assertFalse(client.isOpen());
        assertEquals(1, client.counters.faults());
        assertTrue(client.engine.openWatches.isEmpty());
    }

    @Test
    void shouldGoOnWithTheDeadlinesOfOthers() {
        client.engine.isAnswering = false;
        client.write("GET /v2/keys/a" + HOST);
        final EmbeddedChannel other = another(client);
        client.advanceMs(1_000);
        other.writeInbound(
                Unpooled.copiedBuffer("GET /v2/keys/a" + HOST, StandardCharsets.US_ASCII));
        client.fault = new IllegalStateException("injected");
        client.advanceMs(6_500);
        assertEquals(1, client.counters.faults());
        assertFalse(client.isOpen());
        client.fault = null;
        client.advanceMs(1_000);
        other.runPendingTasks();
        final ByteBuf reply = other.readOutbound();
        assertTrue(reply.toString(StandardCharsets.US_ASCII).startsWith("HTTP/1.1 500 "));
        reply.release();
        other.close();
    }

    @Test
    void shouldNotCountClientsThatGoAway() {
        client.channel.pipeline().fireExceptionCaught(new IOException("reset by peer"));
        assertFalse(client.isOpen());
        assertEquals(0, client.counters.faults());
        client.engine.events(Action.SET, "/w", "1", 1);
        assertEquals(0, client.counters.faults());
    }

    @Test
    void shouldGoOnFlushingWhenWhatComesBeforeItFails() {
        final boolean[] isDone = new boolean[1];
        client.loop
                .requests()
                .beforeFlush(
                        () -> {
                            throw new IllegalStateException("injected");
                        });
        client.loop.requests().beforeFlush(() -> isDone[0] = true);

        final String answer = client.get("/v2/keys/a");

        assertTrue(isDone[0]);
        assertTrue(answer.startsWith("HTTP/1.1 404"), answer);
        assertEquals(1, client.counters.faults());
    }
}
