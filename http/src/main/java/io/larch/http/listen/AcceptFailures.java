package io.larch.http.listen;

import io.larch.http.metrics.EdgeCounters;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last handler of a listener: counts what could not be accepted. Netty's own handler before it
 * has the listener wait a second then.
 *
 * <p>On the listener's event loop.
 */
public final class AcceptFailures extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(AcceptFailures.class);

    private final EdgeCounters counters;
    private final RareLog log;

    public AcceptFailures(final EdgeCounters counters, final LongSupplier monotonicNanos) {
        this.counters = counters;
        this.log = new RareLog(monotonicNanos);
    }

    @Override
    public void exceptionCaught(final ChannelHandlerContext ctx, final Throwable cause) {
        counters.acceptFailed();
        if (log.isDue()) {
            LOG.error(
                    "could not accept a connection at {}: {}",
                    ctx.channel().localAddress(),
                    cause.getMessage());
        }
    }
}
