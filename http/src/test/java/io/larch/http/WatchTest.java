package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.Action;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.port.Reply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchTest {
    private static final String EVENT =
            "{\"action\":\"set\",\"node\":{\"key\":\"/w\",\"value\":\"1\",\"modifiedIndex\":3,\"createdIndex\":3}}\n";

    private final Client client = new Client();

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void shouldSendTheHeadAtOnceAndEndALongPollWithItsEvent() {
        assertEquals(
                "HTTP/1.1 200 OK\r\n"
                        + "Content-Type: application/json\r\n"
                        + "X-Etcd-Cluster-Id: a10e20a2639400db\r\n"
                        + "X-Etcd-Index: 3\r\n"
                        + "X-Raft-Index: 11\r\n"
                        + "X-Raft-Term: 2\r\n"
                        + "Date: Sat, 21 Nov 2026 01:25:25 GMT\r\n"
                        + "Transfer-Encoding: chunked\r\n\r\n",
                client.get("/v2/keys/w?wait=true&waitIndex=7&recursive=true"));
        assertEquals(7, client.engine.last().index());
        assertEquals(KeysCommand.RECURSIVE, client.engine.last().flags());

        event(client.engine.last().id());
        assertEquals("54\r\n" + EVENT + "\r\n0\r\n\r\n", client.received());
        assertEquals(404, Client.statusOf(client.get("/v2/keys/none")));
    }

    private void event(final long... ids) {
        client.engine.events(Action.SET, "/w", "1", ids);
        client.engine.handler.onBatchEnd();
    }

    @Test
    void shouldKeepAStreamOpen() {
        client.get("/v2/keys/w?wait=true&stream=true");
        final long id = client.engine.last().id();
        assertEquals(KeysCommand.STREAM, client.engine.last().flags());
        event(id);
        event(id);
        assertEquals(("54\r\n" + EVENT + "\r\n").repeat(2), client.received());
        client.engine.tell(Reply.Kind.WATCH_END, id);
        client.engine.handler.onBatchEnd();
        assertEquals("0\r\n\r\n", client.received());
        assertTrue(client.isOpen());
    }

    @Test
    void shouldAnswerTheWriterBeforeItTellsThoseWhoWatch() {
        client.get("/v2/keys/w?wait=true&stream=true");
        final long watch = client.engine.last().id();
        final EmbeddedChannel writer = new EmbeddedChannel(client.connection());
        final List<String> flushed = new ArrayList<>();
        client.channel.pipeline().addFirst(recorder("event", flushed));
        writer.pipeline().addFirst(recorder("answer", flushed));
        client.engine.isAnswering = false;
        writer.writeInbound(
                Unpooled.copiedBuffer(
                        "PUT /v2/keys/w?value=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
                        StandardCharsets.US_ASCII));
        final long write = client.engine.last().id();
        flushed.clear();

        client.engine.events(Action.SET, "/w", "1", watch);
        client.engine.error(write, ErrorCode.STORE_FULL, "");
        client.engine.handler.onBatchEnd();
        assertEquals(List.of("answer", "event"), flushed);
        writer.close();
    }

    @Test
    void shouldAnswerTheWriterBeforeManyAreEvenWrittenTo() {
        final List<String> written = new ArrayList<>();
        final EmbeddedChannel[] watchers = new EmbeddedChannel[20];
        final long[] watches = new long[watchers.length];
        client.engine.isAnswering = true;
        for (int i = 0; i < watchers.length; i++) {
            watchers[i] = new EmbeddedChannel(client.connection());
            watchers[i].writeInbound(
                    request("GET /v2/keys/w?wait=true&stream=true HTTP/1.1\r\nHost: x\r\n\r\n"));
            watches[i] = client.engine.last().id();
            bytesOf(watchers[i]);
            watchers[i].pipeline().addFirst(writes("event", written));
        }
        final EmbeddedChannel writer = new EmbeddedChannel(client.connection());
        writer.pipeline().addFirst(writes("answer", written));
        client.engine.isAnswering = false;
        writer.writeInbound(
                request("PUT /v2/keys/w?value=1 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"));
        final long write = client.engine.last().id();
        written.clear();

        client.engine.events(Action.SET, "/w", "1", watches);
        client.engine.events(Action.SET, "/w", "2", watches[3]);
        client.engine.events(Action.SET, "/w", "3", watches);
        for (final EmbeddedChannel watcher : watchers) {
            assertEquals("", bytesOf(watcher));
        }
        client.engine.error(write, ErrorCode.STORE_FULL, "");
        client.engine.handler.onBatchEnd();
        assertEquals("answer", written.get(0));
        assertEquals(2 * watchers.length + 2, written.size());
        for (int i = 0; i < watchers.length; i++) {
            assertEquals(i == 3 ? List.of("1", "2", "3") : List.of("1", "3"), values(watchers[i]));
            watchers[i].close();
        }
        writer.close();
    }

    @Test
    void shouldEndAWatchBehindTheEventsThatWait() {
        final EmbeddedChannel[] watchers = new EmbeddedChannel[20];
        final long[] watches = new long[watchers.length];
        for (int i = 0; i < watchers.length; i++) {
            watchers[i] = new EmbeddedChannel(client.connection());
            watchers[i].writeInbound(
                    request("GET /v2/keys/w?wait=true&stream=true HTTP/1.1\r\nHost: x\r\n\r\n"));
            watches[i] = client.engine.last().id();
        }
        client.engine.events(Action.SET, "/w", "1", watches);
        client.engine.tell(Reply.Kind.WATCH_END, watches[0]);
        client.engine.handler.onBatchEnd();
        final String ended = bytesOf(watchers[0]);
        assertTrue(ended.contains("\"value\":\"1\""), ended);
        assertTrue(ended.endsWith("0\r\n\r\n"), ended);
        for (int i = 1; i < watchers.length; i++) {
            assertEquals(List.of("1"), values(watchers[i]));
            watchers[i].close();
        }
    }

    private static ChannelOutboundHandlerAdapter writes(
            final String name, final List<String> written) {
        return new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(
                    final ChannelHandlerContext ctx,
                    final Object message,
                    final ChannelPromise promise) {
                written.add(name);
                ctx.write(message, promise);
            }
        };
    }

    private static ByteBuf request(final String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private static List<String> values(final EmbeddedChannel watcher) {
        final List<String> values = new ArrayList<>();
        final Matcher matcher = Pattern.compile("\"value\":\"(\\d+)\"").matcher(bytesOf(watcher));
        while (matcher.find()) {
            values.add(matcher.group(1));
        }
        return values;
    }

    private static String bytesOf(final EmbeddedChannel channel) {
        final StringBuilder text = new StringBuilder();
        for (ByteBuf bytes = channel.readOutbound();
                bytes != null;
                bytes = channel.readOutbound()) {
            text.append(bytes.toString(StandardCharsets.US_ASCII));
            bytes.release();
        }
        return text.toString();
    }

    private static ChannelOutboundHandlerAdapter recorder(
            final String name, final List<String> flushed) {
        return new ChannelOutboundHandlerAdapter() {
            @Override
            public void flush(final ChannelHandlerContext ctx) {
                flushed.add(name);
                ctx.flush();
            }
        };
    }

    @Test
    void shouldEndTheBodyWithTheConnectionForOldClients() {
        final String head =
                client.send("GET /v2/keys/w?wait=true HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        assertTrue(head.startsWith("HTTP/1.0 200 OK\r\n"), head);
        assertFalse(head.contains("chunked"));
        assertFalse(head.contains("Connection:"));
        event(client.engine.last().id());
        assertEquals(EVENT, client.received());
        assertFalse(client.isOpen());
    }

    @Test
    void shouldAnswerAnOutdatedWatchWithAnError() {
        client.engine.isAnswering = false;
        client.get("/v2/keys/w?wait=true&waitIndex=1");
        client.engine.error(
                client.engine.last().id(),
                ErrorCode.EVENT_INDEX_CLEARED,
                "the requested history has been cleared [319/1]");
        assertEquals(400, Client.statusOf(client.received()));
    }

    @Test
    void shouldCancelWhenTheClientLeaves() {
        client.get("/v2/keys/w?wait=true");
        final long id = client.engine.last().id();
        client.channel.close();
        assertEquals(CommandType.CANCEL, client.engine.last().type());
        assertEquals(id, client.engine.last().id());
        event(id);
    }

    @Test
    void shouldRetryACancelThatFindsTheEngineFull() {
        client.get("/v2/keys/w?wait=true");
        client.engine.isFull = true;
        client.channel.close();
        assertEquals(CommandType.WATCH, client.engine.last().type());
        client.engine.isFull = false;
        client.loop.onTick();
        assertEquals(CommandType.CANCEL, client.engine.last().type());
    }

    @Test
    void shouldHoldBackPipelinedRequestsUntilAWatchIsOver() {
        client.get("/v2/keys/w?wait=true");
        final long id = client.engine.last().id();
        assertEquals("", client.get("/v2/keys/none"));
        event(id);
        final String replies = client.received();
        assertTrue(replies.contains("0\r\n\r\nHTTP/1.1 404 Not Found"), replies);
    }

    @Test
    void shouldRefuseToWatchWithHead() {
        final String reply = client.send("HEAD /v2/keys/w?wait=true HTTP/1.1\r\nHost: x\r\n\r\n");
        assertEquals(400, Client.statusOf(reply));
    }

    @Test
    void shouldEndAStreamWhoseClientDoesNotRead() {
        final SlowSocket socket = new SlowSocket();
        client.channel.pipeline().addFirst(socket);
        client.get("/v2/keys/w?wait=true&stream=true");
        final long id = client.engine.last().id();
        client.engine.handler.onBatchEnd();
        socket.isStuck = true;
        final String value = "v".repeat(100_000);
        int events = 0;
        while (client.engine.last().type() == CommandType.WATCH && events < 1_000) {
            client.engine.events(Action.SET, "/w", value, id);
            events++;
        }
        // More than 100 events and 4 MiB: whichever comes last.
        assertEquals(101, events);
        assertEquals(CommandType.CANCEL, client.engine.last().type());
        client.engine.events(Action.SET, "/w", value, id);
        socket.isStuck = false;
        client.channel.flush();
        final String received = client.received();
        assertEquals(events + 1, received.split("\"action\"", -1).length);
        assertTrue(received.endsWith("\r\n0\r\n\r\n"));
        assertFalse(client.isOpen());
    }

    @Test
    void shouldBeginNothingBehindAStreamWhoseClientDoesNotRead() {
        final SlowSocket socket = new SlowSocket();
        client.channel.pipeline().addFirst(socket);
        client.get("/v2/keys/w?wait=true&stream=true");
        final long id = client.engine.last().id();
        client.write("GET /v2/keys/behind HTTP/1.1\r\nHost: x\r\n\r\n");
        client.engine.handler.onBatchEnd();
        socket.isStuck = true;
        final String value = "v".repeat(100_000);
        for (int i = 0; i < 101; i++) {
            client.engine.events(Action.SET, "/w", value, id);
        }
        assertEquals(CommandType.CANCEL, client.engine.last().type());
        socket.isStuck = false;
        client.channel.flush();
        assertTrue(client.received().endsWith("\r\n0\r\n\r\n"));
        assertFalse(client.isOpen());
    }

    /** Keeps flushes back, so that what is written stays in the channel's buffer. */
    private static final class SlowSocket extends ChannelOutboundHandlerAdapter {
        private boolean isStuck;

        @Override
        public void flush(final ChannelHandlerContext ctx) {
            if (!isStuck) {
                ctx.flush();
            }
        }
    }
}
