package io.larch.tools.system;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Finds ports that are free for TCP and for UDP at all addresses. No port is given twice before all
 * were, and none that the system gives to connections as their own: nobody takes it before the
 * server that it is meant for. Threadsafe.
 */
public final class FreePort {
    private static final int LOWEST = 10_000;

    /** Linux gives connections ports from 32768 on. */
    private static final int COUNT = 20_000;

    private static final AtomicInteger TAKEN =
            new AtomicInteger(ThreadLocalRandom.current().nextInt(COUNT));

    private FreePort() {}

    public static int next() throws IOException {
        for (int attempt = 0; attempt < COUNT; attempt++) {
            final int port = LOWEST + Math.floorMod(TAKEN.getAndIncrement(), COUNT);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IOException("no free port");
    }

    private static boolean isFree(final int port) throws IOException {
        try (ServerSocket tcp = new ServerSocket();
                DatagramSocket udp = new DatagramSocket(null)) {
            tcp.bind(new InetSocketAddress(port));
            udp.bind(new InetSocketAddress(port));
            return true;
        } catch (final BindException e) {
            return false;
        }
    }
}
