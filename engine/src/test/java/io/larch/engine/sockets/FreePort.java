package io.larch.engine.sockets;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Finds ports that are free for TCP and for UDP at all addresses, and that nobody takes before the
 * server that they are meant for: the system gives none of them to a connection, this process gives
 * none twice before it gave all, and no other process gives them as long as this one runs.
 * Threadsafe.
 */
public final class FreePort {
    private static final int LOWEST = 10_000;

    /** Linux gives connections ports from 32768 on. */
    private static final int BLOCKS = 20;

    private static final int BLOCK_LENGTH = 1_000;

    /** A lock on a file says whose a block is. It ends with the process. */
    private static final Block BLOCK = claimBlock();

    private static final AtomicInteger GIVEN = new AtomicInteger();

    private FreePort() {}

    /** A port that was not given before, or not for long. */
    public static int next() {
        for (int attempt = 0; attempt < BLOCK_LENGTH; attempt++) {
            final int port = BLOCK.first + Math.floorMod(GIVEN.getAndIncrement(), BLOCK_LENGTH);
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no port is free from " + BLOCK.first + " on");
    }

    /** So many ports, with commas between them. */
    public static String list(final int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Integer.toString(next()))
                .collect(Collectors.joining(","));
    }

    private static boolean isFree(final int port) {
        try (ServerSocket tcp = new ServerSocket();
                DatagramSocket udp = new DatagramSocket(null)) {
            tcp.bind(new InetSocketAddress(port));
            udp.bind(new InetSocketAddress(port));
            return true;
        } catch (final BindException e) {
            return false;
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Block claimBlock() {
        final int start = ThreadLocalRandom.current().nextInt(BLOCKS);
        for (int i = 0; i < BLOCKS; i++) {
            final int number = (start + i) % BLOCKS;
            final FileChannel claim = claim(number);
            if (claim != null) {
                return new Block(LOWEST + number * BLOCK_LENGTH, claim);
            }
        }
        throw new IllegalStateException("all ports for tests are with other processes");
    }

    /** Null: it is another process's. */
    private static FileChannel claim(final int number) {
        final Path file =
                Path.of(System.getProperty("java.io.tmpdir"), "larch-test-ports." + number);
        FileChannel channel = null;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() != null) {
                return channel;
            }
            channel.close();
            return null;
        } catch (final IOException e) {
            // The file of another user.
            return null;
        }
    }

    /**
     * Ports of this process.
     *
     * @param claim stays open.
     */
    private record Block(int first, FileChannel claim) {}
}
