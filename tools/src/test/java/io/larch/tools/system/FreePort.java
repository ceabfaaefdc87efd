package io.larch.tools.system;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Finds a port of the loopback interface that is free for TCP and for UDP. */
public final class FreePort {
    private FreePort() {}

    public static int next() throws IOException {
        for (int attempt = 0; attempt < 100; attempt++) {
            try (ServerSocket tcp = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                final int port = tcp.getLocalPort();
                if (isFreeForUdp(port)) {
                    return port;
                }
            }
        }
        throw new IOException("no free port");
    }

    private static boolean isFreeForUdp(final int port) {
        try (DatagramSocket udp =
                new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            return udp.isBound();
        } catch (final IOException e) {
            return false;
        }
    }
}
