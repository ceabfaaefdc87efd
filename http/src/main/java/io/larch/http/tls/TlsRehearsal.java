package io.larch.http.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handshakes in memory, before the first client comes: what only the first ones need, libraries,
 * classes and tables, takes longer than an event loop should be held. On a thread of its own,
 * beside the rest of the start, which does not wait for it; nobody sees these handshakes, and what
 * goes wrong with them changes nothing.
 */
public final class TlsRehearsal {
    private static final Logger LOG = LoggerFactory.getLogger(TlsRehearsal.class);

    /** After so many no single step is long any more. */
    public static final int HANDSHAKES = 20;

    private TlsRehearsal() {}

    /**
     * Begins.
     *
     * @param server of listeners.
     * @param client that believes them, made when it is needed. Where clients have to show who they
     *     are it is refused at the end.
     */
    public static void begin(final Supplier<SslContext> server, final Supplier<SslContext> client) {
        final Thread thread = new Thread(() -> attempt(server, client), "larch-rehearsal");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * An error, such as of a library that is not there, is said: the first client will meet it,
     * too, and then it is that connection's.
     */
    static void attempt(final Supplier<SslContext> server, final Supplier<SslContext> client) {
        try {
            run(server.get(), client.get());
        } catch (final RuntimeException e) {
            LOG.debug("no rehearsal of handshakes: {}", e.toString());
        } catch (final Error e) {
            LOG.warn("no rehearsal of handshakes, the first ones may be slow: {}", e.toString());
        }
    }

    /**
     * All of them, on the calling thread.
     *
     * @return how many came to a good end.
     */
    public static int run(final SslContext server, final SslContext client) {
        int done = 0;
        for (int i = 0; i < HANDSHAKES; i++) {
            done += isDone(server, client) ? 1 : 0;
        }
        return done;
    }

    /** One handshake. */
    private static boolean isDone(final SslContext server, final SslContext client) {
        final EmbeddedChannel dialing = new EmbeddedChannel();
        final EmbeddedChannel accepting = new EmbeddedChannel();
        final SslHandler ofClient = client.newHandler(dialing.alloc());
        final SslHandler ofServer = server.newHandler(accepting.alloc());
        accepting.pipeline().addLast(ofServer, new Failures());
        dialing.pipeline().addLast(ofClient, new Failures());
        try {
            boolean hasMoved = true;
            while (hasMoved) {
                hasMoved = hand(dialing, accepting) | hand(accepting, dialing);
            }
            return ofClient.handshakeFuture().isSuccess() && ofServer.handshakeFuture().isSuccess();
        } finally {
            close(dialing);
            close(accepting);
        }
    }

    private static void close(final EmbeddedChannel channel) {
        channel.close();
        channel.releaseInbound();
        channel.releaseOutbound();
    }

    /** Whether there was something to hand over. */
    private static boolean hand(final EmbeddedChannel from, final EmbeddedChannel to) {
        from.runPendingTasks();
        boolean hasMoved = false;
        for (ByteBuf bytes = from.readOutbound(); bytes != null; bytes = from.readOutbound()) {
            if (to.isOpen()) {
                to.writeInbound(bytes);
                hasMoved = true;
            } else {
                bytes.release();
            }
        }
        return hasMoved;
    }

    /** The future of the handshake knows of them. */
    private static final class Failures extends ChannelInboundHandlerAdapter {
        @Override
        public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause) {
            LOG.debug("a rehearsed handshake failed: {}", cause.toString());
        }
    }
}
