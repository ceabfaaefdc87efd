package io.larch.http;

import io.larch.engine.port.StateFile;
import io.larch.http.wire.Headers;
import io.netty.buffer.ByteBuf;
import java.util.Base64;
import java.util.concurrent.RejectedExecutionException;

/**
 * Sends a member's state as the client takes it: a block is read, elsewhere, when the one before
 * was written and there is room for more. So a client that reads slowly costs a block or two, and
 * one that takes nothing is cut off as others are.
 *
 * <p>On the event loop's thread.
 */
final class StateReply {
    static final int BLOCK_BYTES = 128 << 10;

    private final ClientConnection connection;
    private final EdgeLoop loop;
    private final StateFile file;
    private long position;
    private boolean isReading;
    private boolean isClosed;

    /** Takes the file over. */
    StateReply(final ClientConnection connection, final EdgeLoop loop, final StateFile file) {
        this.connection = connection;
        this.loop = loop;
        this.file = file;
    }

    /** The length and the digest go first: whoever is cut off on the way knows it. */
    void start() {
        connection.timeout().clear();
        final byte[] headers =
                Headers.lines(
                        "Content-Type: application/octet-stream",
                        "Repr-Digest: sha-256=:"
                                + Base64.getEncoder().encodeToString(file.digest())
                                + ':');
        connection.write(
                connection
                        .replies()
                        .fileHead(
                                connection.alloc(),
                                connection.request(),
                                headers,
                                file.length(),
                                file.lastIndex(),
                                file.lastTerm()));
        readOn();
    }

    void onWritable() {
        readOn();
    }

    private void readOn() {
        if (isReading || isClosed || !connection.isWritable()) {
            return;
        }
        isReading = true;
        connection.timeout().awaitDisk();
        final int length = (int) Math.min(BLOCK_BYTES, file.length() - position);
        final ByteBuf block = connection.alloc().directBuffer(length);
        file.read(
                position,
                block.nioBuffer(0, length),
                failure -> {
                    try {
                        loop.execute(connection, () -> onRead(block, length, failure));
                    } catch (final RejectedExecutionException e) {
                        // The event loop has ended, and with it the connection.
                        block.release();
                    }
                });
    }

    private void onRead(final ByteBuf block, final int length, final Throwable failure) {
        isReading = false;
        if (isClosed) {
            block.release();
            return;
        }
        if (failure != null) {
            block.release();
            fail();
            return;
        }
        connection.timeout().clear();
        position += length;
        connection.write(block.writerIndex(length));
        if (position < file.length()) {
            readOn();
        } else {
            close();
            connection.end(false);
        }
    }

    /** There will be no more: the client sees that by the length. */
    void fail() {
        close();
        connection.abort();
    }

    /** Nothing may be kept. */
    void close() {
        if (!isClosed) {
            isClosed = true;
            file.close();
        }
    }
}
