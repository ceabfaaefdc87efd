package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.http.Http2Client.Answer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Frames that no honest client sends: what is kept is bounded, and others go on. */
class HostileHttp2Test {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;

    /** GET / of the static table, http, and an authority that is not kept. */
    private static final byte[] GET = {(byte) 0x82, (byte) 0x84, (byte) 0x86, 0x01, 1, 'x'};

    private final Client client = new Client().listening();

    @AfterEach
    void closeClient() {
        client.close();
    }

    private void open() {
        client.write(PREFACE);
        client.channel.writeInbound(frame(SETTINGS, 0, 0, new byte[0]));
    }

    private static ByteBuf frame(
            final int type, final int flags, final int streamId, final byte[] payload) {
        return Unpooled.buffer(9 + payload.length)
                .writeMedium(payload.length)
                .writeByte(type)
                .writeByte(flags)
                .writeInt(streamId)
                .writeBytes(payload);
    }

    /** Sends a kind of frame until the server has had enough. */
    private int sendUntilClosed(
            final int most, final java.util.function.IntFunction<ByteBuf> next) {
        int sent = 0;
        while (sent < most && client.isOpen()) {
            client.channel.writeInbound(next.apply(sent));
            sent++;
        }
        return sent;
    }

    private void assertLeft() {
        assertFalse(client.isOpen());
        assertEquals(1, client.counters.http2Refused(), "left");
        assertEquals(0, client.counters.faults());
        client.advanceMs(2_000);
        assertTrue(client.loop.isIdle());
        assertEquals(0, client.loop.inputBudget().usedBytes());
    }

    @Test
    void shouldLeaveWhoOpensStreamsAndResetsThem() {
        open();
        client.engine.isAnswering = false;

        final int sent =
                sendUntilClosed(
                        100_000,
                        i ->
                                Unpooled.wrappedBuffer(
                                        frame(HEADERS, END_HEADERS | END_STREAM, 2 * i + 1, GET),
                                        frame(RST_STREAM, 0, 2 * i + 1, new byte[] {0, 0, 0, 8})));

        assertTrue(sent < 3_000, () -> "streams taken: " + sent);
        assertLeft();
    }

    @Test
    void shouldLeaveWhoHasStreamsResetByBreakingRules() {
        open();

        final int sent =
                sendUntilClosed(
                        100_000,
                        i ->
                                Unpooled.wrappedBuffer(
                                        frame(HEADERS, END_HEADERS, 2 * i + 1, GET),
                                        frame(WINDOW_UPDATE, 0, 2 * i + 1, new byte[4])));

        assertTrue(sent < 3_000, () -> "streams taken: " + sent);
        assertLeft();
    }

    @Test
    void shouldLeaveWhoPingsAllTheTime() {
        open();

        final int sent =
                sendUntilClosed(1_000, i -> frame(PING, 0, 0, new byte[] {0, 1, 2, 3, 4, 5, 6, 7}));

        assertTrue(sent < 10, () -> "pings taken: " + sent);
        assertTrue(client.received().contains("too_many_pings"));
        assertLeft();
    }

    @Test
    void shouldLetPingWhoAsksInBetween() {
        open();
        for (int i = 0; i < 20; i++) {
            client.channel.writeInbound(
                    Unpooled.wrappedBuffer(
                            frame(PING, 0, 0, new byte[8]),
                            frame(HEADERS, END_HEADERS | END_STREAM, 2 * i + 1, GET)));
        }

        assertTrue(client.isOpen());
    }

    @Test
    void shouldLeaveWhoNeverEndsHeaders() {
        open();
        client.channel.writeInbound(frame(HEADERS, 0, 1, GET));

        final int sent =
                sendUntilClosed(
                        100_000, i -> frame(CONTINUATION, 0, 1, new byte[] {0x40, 1, 'a', 1, 'b'}));

        assertTrue(sent < 100, () -> "continuations taken: " + sent);
        assertLeft();
    }

    @Test
    void shouldLeaveWhoSendsHugeHeaders() {
        open();
        final byte[] large = new byte[16_000];
        large[0] = 0x40;
        large[1] = 1;
        large[2] = 'a';
        large[3] = 0x7f;
        large[4] = (byte) (15_000 - 127 & 0x7f | 0x80);
        large[5] = (byte) (15_000 - 127 >> 7);
        client.channel.writeInbound(frame(HEADERS, 0, 1, GET));

        final int sent = sendUntilClosed(1_000, i -> frame(CONTINUATION, 0, 1, large));

        assertTrue(sent < 20, () -> "continuations taken: " + sent);
        assertLeft();
    }

    @Test
    void shouldLeaveWhoSendsNothingAllTheTime() {
        open();
        client.channel.writeInbound(frame(HEADERS, END_HEADERS, 1, GET));

        final int sent = sendUntilClosed(1_000, i -> frame(DATA, 0, 1, new byte[0]));

        assertTrue(sent < 20, () -> "frames taken: " + sent);
        assertLeft();
    }

    @Test
    void shouldLeaveWhoChangesSettingsAndDoesNotRead() {
        client.channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        open();
        int sent = 0;
        while (sent < 50_000 && client.isOpen()) {
            client.channel.writeInbound(frame(SETTINGS, 0, 0, new byte[0]));
            sent++;
        }
        // What is written is read by the test's channel at once: nothing piles up.
        assertTrue(client.isOpen() || client.counters.http2Refused() == 1);
        assertEquals(0, client.counters.faults());
    }

    @Test
    void shouldLeaveWhoBreaksTheProtocol() {
        open();

        client.channel.writeInbound(frame(DATA, 0, 0, new byte[1]));

        assertLeft();
    }

    @Test
    void shouldLeaveWhoSendsNoHttp2BehindThePreface() {
        client.write(PREFACE + "GET / HTTP/1.1\r\nHost: x\r\n\r\n");

        assertLeft();
    }

    @Test
    void shouldTakeUnknownFramesAndWordsOfParting() {
        open();

        client.channel.writeInbound(frame(0xfa, 0xff, 0, new byte[100]));
        client.channel.writeInbound(frame(GOAWAY, 0, 0, new byte[8]));
        client.channel.writeInbound(frame(HEADERS, END_HEADERS | END_STREAM, 1, GET));

        assertTrue(client.isOpen());
        assertTrue(client.received().contains("404 page not found"));
    }

    @Test
    void shouldBoundTheBodiesOfAllStreams() {
        final HttpContext context = new HttpContext().maxFormBytes(100_000);
        try (Http2Client posting =
                new Http2Client(
                        new Client(context), new io.netty.handler.codec.http2.Http2Settings())) {
            final Answer answer =
                    posting.open(
                            Http2Client.request("PUT", "/v2/keys/a")
                                    .add("content-type", "application/x-www-form-urlencoded"),
                            false);
            for (int i = 0; i < 20; i++) {
                posting.send(
                        answer, "value".repeat(2_000).getBytes(StandardCharsets.UTF_8), i == 19);
                posting.exchange();
            }

            assertEquals("400", answer.status());
            assertTrue(answer.body.toString().contains("POST too large"), answer.body::toString);
            assertEquals(0, posting.server.loop.inputBudget().usedBytes());
        }
    }

    @Test
    void shouldNotReadWhoDoesNotReadAnswersWithoutABody() {
        client.close();
        try (Client grpc = new Client(new HttpContext().v3(V3Options.DEFAULT)).listening()) {
            final FullSocket socket = new FullSocket();
            grpc.channel.pipeline().addFirst(socket);
            grpc.write(PREFACE);
            grpc.channel.writeInbound(frame(SETTINGS, 0, 0, new byte[0]));
            socket.isFull = true;
            int sent = 0;
            while (sent < 20_000 && grpc.channel.config().isAutoRead()) {
                grpc.channel.writeInbound(
                        frame(HEADERS, END_HEADERS | END_STREAM, 2 * sent + 1, unknownMethod()));
                sent++;
            }

            assertTrue(sent < 2_000, "read on behind " + sent + " answers");
            socket.reads = 0;
            grpc.channel.writeInbound(frame(SETTINGS, 0, 0, new byte[0]));
            assertEquals(0, socket.reads, "asked for more");
            assertEquals(0, grpc.counters.http2Refused());
            socket.isFull = false;
            grpc.channel.flushOutbound();
            assertTrue(grpc.channel.config().isAutoRead());
        }
    }

    /** Takes nothing while it is full. */
    private static final class FullSocket extends ChannelOutboundHandlerAdapter {
        boolean isFull;
        int reads;

        @Override
        public void flush(final ChannelHandlerContext ctx) {
            if (!isFull) {
                ctx.flush();
            }
        }

        @Override
        public void read(final ChannelHandlerContext ctx) {
            reads++;
            ctx.read();
        }
    }

    private static byte[] unknownMethod() {
        return ByteBufUtil.getBytes(
                Unpooled.buffer()
                        // POST, http, path and content type as literals that are not kept.
                        .writeBytes(new byte[] {(byte) 0x83, (byte) 0x86, 4, 2, '/', 'x'})
                        .writeBytes(new byte[] {0x0f, 16, 16})
                        .writeBytes("application/grpc".getBytes(StandardCharsets.US_ASCII)));
    }

    @Test
    void shouldAnswerGrpcWithoutAMethod() {
        client.close();
        try (Client grpc = new Client(new HttpContext().v3(V3Options.DEFAULT)).listening()) {
            grpc.write(PREFACE);
            grpc.channel.writeInbound(frame(SETTINGS, 0, 0, new byte[0]));
            final byte[] headers = unknownMethod();
            grpc.channel.writeInbound(
                    frame(
                            HEADERS,
                            END_HEADERS | END_STREAM,
                            1,
                            java.util.Arrays.copyOfRange(headers, 1, headers.length)));

            assertTrue(grpc.isOpen());
            assertEquals(0, grpc.counters.faults());
        }
    }
}
