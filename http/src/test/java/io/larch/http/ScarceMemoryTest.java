package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.Action;
import io.larch.engine.codec.CommandType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens to requests while clients do not take their answers. */
class ScarceMemoryTest {
    private static final String FORM = "application/x-www-form-urlencoded";
    private static final int LIMIT = 1_000_000;
    private static final String LONG = "v".repeat(500_000);

    private final Client client = new Client(new HttpContext().maxOutputBytes(LIMIT));
    private long othersBytes;

    @AfterEach
    void close() {
        client.close();
        othersTake(0);
        assertTrue(client.loop.isIdle());
        assertEquals(0, client.outputBudget.usedBytes());
    }

    /** Other clients have so much that waits for them. */
    private void othersTake(final long bytes) {
        client.outputBudget.take(bytes - othersBytes);
        othersBytes = bytes;
    }

    private void put(final String value) {
        client.write(
                "PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\nContent-Type: "
                        + FORM
                        + "\r\nContent-Length: "
                        + (6 + value.length())
                        + "\r\n\r\nvalue="
                        + value);
    }

    @Test
    void shouldHoldBackAWriteUntilThereIsRoom() {
        othersTake(LIMIT + 1);
        put("held");
        client.advanceMs(1_000);
        assertTrue(client.engine.commands.isEmpty());
        assertEquals("", client.received());

        othersTake(LIMIT / 2);
        client.advanceMs(300);

        assertEquals("held", client.engine.last().value());
        assertEquals(201, Client.statusOf(client.received()));
        assertEquals(404, Client.statusOf(client.get("/v2/keys/b")));
    }

    @Test
    void shouldHandOverWhatWasHeldBackAsItWasAsked() {
        othersTake(LIMIT + 1);
        put("held");
        final EmbeddedChannel other = new EmbeddedChannel(client.connection());
        other.writeInbound(
                Unpooled.copiedBuffer(
                        "DELETE /v2/keys/other?recursive=true HTTP/1.1\r\nHost: x\r\n\r\n",
                        StandardCharsets.US_ASCII));

        othersTake(LIMIT / 2);
        client.advanceMs(300);

        assertEquals(CommandType.SET, client.engine.commands.get(0).type());
        assertEquals("held", client.engine.commands.get(0).value());
        assertEquals(CommandType.DELETE, client.engine.commands.get(1).type());
        assertEquals("/other", client.engine.commands.get(1).path());
        other.finishAndReleaseAll();
    }

    @Test
    void shouldRefuseAWriteThatWaitsInVain() {
        othersTake(LIMIT + 1);
        put("held");
        client.advanceMs(10_000);

        final String reply = client.received();
        assertEquals(500, Client.statusOf(reply));
        assertTrue(reply.contains(EdgeLoop.ENGINE_FULL), reply);
        othersTake(0);
        client.advanceMs(300);
        assertTrue(client.engine.commands.isEmpty());
    }

    @Test
    void shouldForgetAWriteHeldBackWhoseClientLeaves() {
        othersTake(LIMIT + 1);
        put("held");
        client.close();
        othersTake(0);
        client.advanceMs(300);

        assertTrue(client.engine.commands.isEmpty());
    }

    @Test
    void shouldAnswerProbesAllTheSame() {
        othersTake(LIMIT + 1);
        assertEquals(200, Client.statusOf(client.get("/health")));
        assertEquals(200, Client.statusOf(client.get("/livez")));
    }

    @Test
    void shouldTellWhatIsDoneBeyondTheLimit() {
        othersTake(LIMIT);
        put(LONG.substring(1_000));
        assertEquals(201, Client.statusOf(client.receivedInTime()));
    }

    @Test
    void shouldNotTellWhatThereIsNoRoomForAtAll() {
        othersTake(LIMIT);
        put(LONG + "v");

        final String reply = client.receivedInTime();
        assertEquals(500, Client.statusOf(reply));
        assertTrue(reply.contains(EdgeLoop.TIMED_OUT), reply);
        assertEquals(1, client.outputBudget.lostAnswers());
        assertEquals(404, Client.statusOf(client.get("/v2/keys/b")));
    }

    @Test
    void shouldLetWatchAgainWhoCannotBeToldAnEvent() {
        client.get("/v2/keys/a?wait=true&stream=true");
        final long id = client.engine.last().id();
        othersTake(LIMIT);
        client.engine.events(Action.SET, "/a", LONG, id);

        assertTrue(client.receivedInTime().endsWith("0\r\n\r\n"));
        assertEquals(CommandType.CANCEL, client.engine.last().type());
        assertEquals(1, client.outputBudget.lostAnswers());
        assertTrue(client.isOpen());
    }

    @Test
    void shouldCutOffWhoDoesNotReadAsSoonAsItIsTooMuch() {
        final EmbeddedChannel reader = new EmbeddedChannel(new StuckSocket(), client.connection());
        othersTake(LIMIT - 50_000);
        client.engine.isAnswering = false;
        reader.writeInbound(get());
        client.engine.result(client.engine.last().id(), false, Action.GET, "/a", new byte[100_000]);
        client.engine.handler.onBatchEnd();

        assertFalse(reader.isOpen());
        assertEquals(1, client.outputBudget.cutClients());
        reader.finishAndReleaseAll();
    }

    @Test
    void shouldSendWhatIsMuchBeforeTheEnginesBatchEnds() {
        final List<EmbeddedChannel> readers = new ArrayList<>();
        final List<Long> ids = new ArrayList<>();
        client.engine.isAnswering = false;
        client.engine.handler.onBatchEnd();
        for (int i = 0; i < 7; i++) {
            final EmbeddedChannel reader = new EmbeddedChannel(client.connection());
            readers.add(reader);
            reader.writeInbound(get());
            ids.add(client.engine.last().id());
        }
        for (int i = 0; i < 7; i++) {
            assertNull(readers.get(0).readOutbound());
            // Each byte is printed as six.
            client.engine.result(ids.get(i), false, Action.GET, "/a", new byte[100_000]);
        }

        final ByteBuf first = readers.get(0).readOutbound();
        assertNotNull(first);
        first.release();
        readers.forEach(EmbeddedChannel::finishAndReleaseAll);
    }

    private static ByteBuf get() {
        return Unpooled.copiedBuffer(
                "GET /v2/keys/a HTTP/1.1\r\nHost: x\r\n\r\n", StandardCharsets.US_ASCII);
    }

    /** Takes nothing: what is written stays in the channel's buffer. */
    private static final class StuckSocket extends ChannelOutboundHandlerAdapter {
        @Override
        public void flush(final ChannelHandlerContext ctx) {
            // Never.
        }
    }
}
