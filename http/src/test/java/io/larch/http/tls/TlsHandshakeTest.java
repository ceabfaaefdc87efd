package io.larch.http.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.http.metrics.EdgeCounters;
import io.larch.http.metrics.EdgeCounters.Handshake;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Handshakes by a clock that stands still until it is moved. */
class TlsHandshakeTest {
    private final EdgeCounters counters = new EdgeCounters(null, 0);
    private long nanos;
    private SslContext context;
    private Handshakes handshakes;
    private EmbeddedChannel loopOwner;

    @BeforeEach
    void make() throws Exception {
        context =
                SslContextBuilder.forServer(file("server.pem"), file("server.key"))
                        .sslProvider(SslProvider.JDK)
                        .build();
        loopOwner = new EmbeddedChannel();
        handshakes =
                new Handshakes(
                        loopOwner.eventLoop(),
                        Runnable::run,
                        counters,
                        new RejectionLog(counters, () -> nanos),
                        () -> nanos);
    }

    private static InputStream file(final String name) {
        return TlsHandshakeTest.class.getResourceAsStream("/tls/" + name);
    }

    private EmbeddedChannel connect() {
        final EmbeddedChannel channel = new EmbeddedChannel();
        channel.freezeTime();
        channel.pipeline().addLast(handshakes.begin(() -> context));
        return channel;
    }

    /** The header of a record whose rest does not come. */
    private static void beginRecord(final EmbeddedChannel channel) {
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {0x16, 3, 1, 1, 0}));
    }

    @Test
    void shouldEndWhoSaysNothingOrNotEnoughInTime() {
        final EmbeddedChannel silent = connect();
        final EmbeddedChannel slow = connect();
        beginRecord(slow);
        for (final EmbeddedChannel each : List.of(silent, slow)) {
            pass(each, TlsHandshake.TIMEOUT_MS - 1);
            assertTrue(each.isOpen());
            pass(each, 1);
            assertFalse(each.isOpen());
        }
        assertEquals(2, counters.handshakes(Handshake.TOO_SLOW));
    }

    @Test
    void shouldLetWaitWhoIsTooMany() {
        final List<EmbeddedChannel> open = new ArrayList<>();
        for (int i = 0; i < Handshakes.MAX_OPEN; i++) {
            final EmbeddedChannel channel = connect();
            beginRecord(channel);
            open.add(channel);
        }
        assertTrue(isBegun(open.get(Handshakes.MAX_OPEN - 1)));
        final EmbeddedChannel first = connect();
        beginRecord(first);
        final EmbeddedChannel second = connect();
        beginRecord(second);
        assertFalse(isBegun(first));
        assertFalse(first.config().isAutoRead());

        // One that waits and leaves takes nobody's place.
        final EmbeddedChannel gone = connect();
        beginRecord(gone);
        gone.close();
        open.get(0).close();
        assertTrue(isBegun(first));
        assertFalse(isBegun(second));
        open.get(1).close();
        assertTrue(isBegun(second));
        // Waiting is part of the time that one has.
        final EmbeddedChannel late = connect();
        beginRecord(late);
        pass(late, TlsHandshake.TIMEOUT_MS);
        assertFalse(late.isOpen());
        assertEquals(1, counters.handshakes(Handshake.TOO_SLOW));
        assertEquals(3, counters.handshakes(Handshake.GONE));
    }

    @Test
    void shouldLookAtAllElseAfterAMillisecond() {
        final EmbeddedChannel first = connect();
        final EmbeddedChannel second = connect();
        beginRecord(first);
        // The first took its time.
        loopOwner.freezeTime();
        handshakes.used(TimeUnit.MILLISECONDS.toNanos(1));
        beginRecord(second);
        assertTrue(isBegun(first));
        assertFalse(isBegun(second));
        nanos += TimeUnit.MILLISECONDS.toNanos(3);
        pass(loopOwner, 3);
        assertTrue(isBegun(second));
    }

    @Test
    void shouldTakeTheBeginningInPieces() {
        final EmbeddedChannel channel = connect();
        for (final char each : "GET /".toCharArray()) {
            assertNull(channel.<ByteBuf>readOutbound());
            channel.writeInbound(Unpooled.wrappedBuffer(new byte[] {(byte) each}));
        }
        final ByteBuf answer = channel.readOutbound();
        assertTrue(answer.toString(StandardCharsets.US_ASCII).startsWith("HTTP/1.0 400"));
        assertFalse(channel.isOpen());
        assertEquals(1, counters.handshakes(Handshake.NOT_TLS));
    }

    private static boolean isBegun(final EmbeddedChannel channel) {
        return channel.pipeline().get(SslHandler.class) != null;
    }

    private static void pass(final EmbeddedChannel channel, final long ms) {
        channel.advanceTimeBy(ms, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        channel.runPendingTasks();
    }
}
