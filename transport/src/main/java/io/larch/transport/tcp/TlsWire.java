package io.larch.transport.tcp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/**
 * Bytes within TLS. All steps of the handshake, the making of the engine included, are taken by
 * another thread, one at a time; who drives the connection only moves the bytes meanwhile. After
 * the handshake that thread does everything.
 */
final class TlsWire implements Wire {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** Room for the longest record, with what a cipher may add to it. */
    private static final int RECORD_LENGTH = 20 << 10;

    private static final int RECORDS_AT_ONCE = 3;

    /** No handshake between members is longer. */
    private static final int LONGEST_HANDSHAKE = 128 << 10;

    private enum Phase {
        SHAKING,
        ESTABLISHED
    }

    private final SocketChannel channel;
    private final Supplier<SSLEngine> maker;
    private final TlsEngines engines;
    private final Executor executor;

    /** From position to limit: read from the socket, not yet opened. */
    private ByteBuffer sealedIn;

    /** Up to position: sealed, not yet written. */
    private ByteBuffer sealedOut = ByteBuffer.allocate(RECORDS_AT_ONCE * RECORD_LENGTH);

    /** From position to limit: opened, not yet read. */
    private ByteBuffer openedIn = ByteBuffer.allocate(RECORD_LENGTH).limit(0);

    private Phase phase = Phase.SHAKING;
    private boolean needsBytes;
    private int shakenBytes;

    /** What belongs to the thread that takes a step, while it does; guarded by this. */
    private SSLEngine engine;

    private boolean isStepping;
    private boolean isClosed;
    private boolean isShaken;
    private Exception failure;

    /**
     * @param maker makes the engine; by the executor.
     * @param executor takes the steps of the handshake; may refuse.
     * @param first read already, from position to limit; null: nothing.
     */
    TlsWire(
            final SocketChannel channel,
            final Supplier<SSLEngine> maker,
            final TlsEngines engines,
            final Executor executor,
            final ByteBuffer first) {
        this.channel = channel;
        this.maker = maker;
        this.engines = engines;
        this.executor = executor;
        sealedIn = ByteBuffer.allocate(RECORDS_AT_ONCE * RECORD_LENGTH);
        if (first != null) {
            sealedIn.put(first);
        }
        sealedIn.flip();
    }

    @Override
    public boolean establish() throws IOException {
        if (phase == Phase.ESTABLISHED) {
            return true;
        }
        synchronized (this) {
            if (isStepping) {
                return false;
            }
            if (failure != null) {
                // The alert that says why is the last thing that leaves.
                flush();
                throw failure instanceof IOException e ? e : new SSLException(failure);
            }
        }
        if (!flush()) {
            return false;
        }
        if (isShaken) {
            phase = Phase.ESTABLISHED;
            return true;
        }
        if (needsBytes && !fetch()) {
            return false;
        }
        begin();
        return false;
    }

    /** Reads what an unfinished handshake waits for. */
    private boolean fetch() throws IOException {
        final int count = readSealed();
        if (count < 0) {
            throw new SSLException("the connection ended within the handshake");
        }
        shakenBytes += count;
        if (shakenBytes > LONGEST_HANDSHAKE) {
            throw new SSLException("the handshake is too long");
        }
        return count > 0;
    }

    private void begin() throws IOException {
        synchronized (this) {
            isStepping = true;
        }
        try {
            executor.execute(this::step);
        } catch (final RejectedExecutionException e) {
            synchronized (this) {
                isStepping = false;
            }
            throw new SSLException("too many handshakes at once", e);
        }
    }

    /** As far as it goes without the socket. On the executor. */
    private void step() {
        Exception thrown = null;
        boolean isDone = false;
        try {
            if (engine == null) {
                engine = maker.get();
                engine.beginHandshake();
            }
            isDone = shake();
        } catch (final IOException | RuntimeException e) {
            thrown = e;
            sealAlert();
        }
        synchronized (this) {
            isShaken = isDone;
            failure = thrown;
            isStepping = false;
            if (isClosed) {
                releaseEngine();
            }
        }
    }

    /**
     * @return whether the handshake is over.
     */
    private boolean shake() throws SSLException {
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> runTasks();
                case NEED_WRAP -> {
                    if (sealedOut.remaining() < RECORD_LENGTH) {
                        needsBytes = false;
                        return false;
                    }
                    checkOpen(engine.wrap(NOTHING, sealedOut));
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (openedIn.hasRemaining()) {
                        throw new SSLException("data within the handshake");
                    }
                    openedIn.clear();
                    final SSLEngineResult result = engine.unwrap(sealedIn, openedIn);
                    openedIn.flip();
                    if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                        needsBytes = true;
                        return false;
                    }
                    // Some engines open the first data together with the handshake's last record.
                    checkOpen(result);
                }
                case NOT_HANDSHAKING, FINISHED -> {
                    return true;
                }
            }
        }
    }

    private void runTasks() {
        Runnable task = engine.getDelegatedTask();
        while (task != null) {
            task.run();
            task = engine.getDelegatedTask();
        }
    }

    private static void checkOpen(final SSLEngineResult result) throws SSLException {
        if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
            throw new SSLException("the other side ended the handshake");
        }
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
            throw new SSLException("a record is too long");
        }
    }

    /** What the engine has to say about its failure. */
    private void sealAlert() {
        try {
            while (engine != null
                    && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP
                    && sealedOut.remaining() >= RECORD_LENGTH
                    && engine.wrap(NOTHING, sealedOut).bytesProduced() > 0) {
                continue;
            }
        } catch (final SSLException e) {
            // The failure itself is told.
            return;
        }
    }

    @Override
    public synchronized boolean isAtWork() {
        return isStepping;
    }

    @Override
    public int read(final ByteBuffer target) throws IOException {
        int count = take(target);
        boolean isDry = false;
        while (target.hasRemaining()) {
            final boolean fits = target.remaining() >= RECORD_LENGTH;
            final int before = target.position();
            final SSLEngineResult result = fits ? open(target) : openAside();
            if (!fits) {
                take(target);
            }
            count += target.position() - before;
            if (result.getStatus() == SSLEngineResult.Status.CLOSED) {
                return count > 0 ? count : END;
            }
            if (result.getStatus() == SSLEngineResult.Status.BUFFER_UNDERFLOW) {
                if (isDry) {
                    return count;
                }
                final int room = sealedIn.capacity() - sealedIn.remaining();
                final int more = readSealed();
                if (more < 0) {
                    return count > 0 ? count : END;
                }
                if (more == 0) {
                    return count;
                }
                isDry = more < room;
            } else if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
                throw new SSLException("a record is too long");
            } else if (result.bytesConsumed() == 0 && result.bytesProduced() == 0) {
                // It has to say something first, and the socket does not take it.
                return count;
            }
        }
        return count;
    }

    private int take(final ByteBuffer target) {
        final int count = Math.min(openedIn.remaining(), target.remaining());
        target.put(target.position(), openedIn, openedIn.position(), count);
        target.position(target.position() + count);
        openedIn.position(openedIn.position() + count);
        return count;
    }

    private SSLEngineResult openAside() throws IOException {
        openedIn.clear();
        final SSLEngineResult result = open(openedIn);
        openedIn.flip();
        return result;
    }

    private SSLEngineResult open(final ByteBuffer target) throws IOException {
        final SSLEngineResult result = engine.unwrap(sealedIn, target);
        final HandshakeStatus status = result.getHandshakeStatus();
        if (status == HandshakeStatus.NEED_TASK) {
            throw new SSLException("renegotiation is refused");
        }
        if (status == HandshakeStatus.NEED_WRAP) {
            flush();
            if (sealedOut.remaining() >= RECORD_LENGTH) {
                engine.wrap(NOTHING, sealedOut);
                flush();
            }
        }
        return result;
    }

    private int readSealed() throws IOException {
        sealedIn.compact();
        try {
            return channel.read(sealedIn);
        } finally {
            sealedIn.flip();
        }
    }

    @Override
    public boolean write(final ByteBuffer source) throws IOException {
        while (flush()) {
            if (!source.hasRemaining()) {
                return true;
            }
            while (source.hasRemaining() && sealedOut.remaining() >= RECORD_LENGTH) {
                checkOpen(engine.wrap(source, sealedOut));
            }
        }
        return false;
    }

    /** Whether all that was sealed is written. */
    private boolean flush() throws IOException {
        if (sealedOut.position() == 0) {
            return true;
        }
        sealedOut.flip();
        try {
            channel.write(sealedOut);
        } finally {
            sealedOut.compact();
        }
        return sealedOut.position() == 0;
    }

    @Override
    public synchronized void close() {
        if (!isClosed) {
            isClosed = true;
            if (!isStepping) {
                releaseEngine();
            }
        }
    }

    private void releaseEngine() {
        if (engine != null) {
            engine.closeOutbound();
            engines.release(engine);
            engine = null;
        }
    }
}
