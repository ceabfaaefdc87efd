package io.larch.transport.aeron;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;

/** How large socket buffers the system grants. */
record SocketBuffers(int receiveLength, int sendLength) {
    /** Asks a socket for as much; gets less where the system's limits are lower. */
    static SocketBuffers granted(final int wantedLength) {
        try (DatagramChannel probe = DatagramChannel.open()) {
            probe.setOption(StandardSocketOptions.SO_RCVBUF, wantedLength);
            probe.setOption(StandardSocketOptions.SO_SNDBUF, wantedLength);
            return new SocketBuffers(
                    Math.min(wantedLength, probe.getOption(StandardSocketOptions.SO_RCVBUF)),
                    Math.min(wantedLength, probe.getOption(StandardSocketOptions.SO_SNDBUF)));
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot open a datagram socket", e);
        }
    }
}
