package io.larch.transport.aeron;

import io.aeron.driver.DataPacketDispatcher;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.media.ReceiveChannelEndpoint;
import io.aeron.driver.media.SendChannelEndpoint;
import io.aeron.driver.media.UdpChannel;
import io.larch.transport.ChannelWatch;
import java.nio.channels.SelectableChannel;
import org.agrona.CloseHelper;
import org.agrona.concurrent.status.AtomicCounter;

/**
 * Gives the driver endpoints whose sockets end the wait of the thread that drives it. The classes
 * extended here are the driver's own business: a test keeps an eye on them.
 */
final class WatchedEndpoints {
    private final ChannelWatch watch;
    private final Runnable onReadable;

    WatchedEndpoints(final ChannelWatch watch, final Runnable onReadable) {
        this.watch = watch;
        this.onReadable = onReadable;
    }

    ReceiveChannelEndpoint receiving(
            final UdpChannel channel,
            final DataPacketDispatcher dispatcher,
            final AtomicCounter status,
            final MediaDriver.Context context) {
        return new Receiving(channel, dispatcher, status, context);
    }

    SendChannelEndpoint sending(
            final UdpChannel channel,
            final AtomicCounter status,
            final MediaDriver.Context context) {
        return new Sending(channel, status, context);
    }

    private AutoCloseable watch(final SelectableChannel channel) {
        return watch.watchReadable(channel, onReadable);
    }

    private final class Receiving extends ReceiveChannelEndpoint {
        private AutoCloseable registration;

        Receiving(
                final UdpChannel channel,
                final DataPacketDispatcher dispatcher,
                final AtomicCounter status,
                final MediaDriver.Context context) {
            super(channel, dispatcher, status, context);
        }

        @Override
        public void openChannel() {
            super.openChannel();
            registration = watch(receiveDatagramChannel());
        }

        @Override
        public void close() {
            CloseHelper.close(errorHandler, registration);
            super.close();
        }
    }

    private final class Sending extends SendChannelEndpoint {
        private AutoCloseable registration;

        Sending(
                final UdpChannel channel,
                final AtomicCounter status,
                final MediaDriver.Context context) {
            super(channel, status, context);
        }

        @Override
        public void openChannel() {
            super.openChannel();
            registration = watch(receiveDatagramChannel());
        }

        @Override
        public void close() {
            CloseHelper.close(errorHandler, registration);
            super.close();
        }
    }
}
