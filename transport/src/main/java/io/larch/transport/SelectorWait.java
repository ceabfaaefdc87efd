package io.larch.transport;

import io.larch.engine.IdleWait;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The wait of an engine's own thread, which the transport's sockets end too. One thread waits and
 * watches; any thread wakes.
 */
public final class SelectorWait implements IdleWait, ChannelWatch, AutoCloseable {
    private static final long NANOS_PER_MS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Selector selector;
    private final Consumer<SelectionKey> onReadable =
            key -> {
                if (key.isValid()) {
                    ((Runnable) key.attachment()).run();
                }
            };

    /** Kept besides the selector's own memory of a wake-up, which a look in between uses up. */
    private volatile boolean isWoken;

    public SelectorWait() {
        try {
            selector = Selector.open();
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot open a selector", e);
        }
    }

    /** Waits for whole milliseconds, rounded up. */
    @Override
    public void await(final long nanos) {
        try {
            if (isWoken || nanos <= 0) {
                selector.selectNow(onReadable);
            } else {
                selector.select(onReadable, (nanos + NANOS_PER_MS - 1) / NANOS_PER_MS);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot wait for sockets", e);
        }
        isWoken = false;
    }

    @Override
    public void wake(final Thread thread) {
        isWoken = true;
        selector.wakeup();
    }

    @Override
    public AutoCloseable watch(final SelectableChannel channel, final Runnable action) {
        try {
            final SelectionKey key = channel.register(selector, SelectionKey.OP_READ, action);
            return () -> forget(key);
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot watch a socket", e);
        }
    }

    /** A socket stays open until the selector has let go of it: let go now. */
    private void forget(final SelectionKey key) throws IOException {
        key.cancel();
        try {
            selector.selectNow();
            selector.selectedKeys().clear();
        } catch (final ClosedSelectorException e) {
            // Closed before the transport: nothing is watched any more.
            return;
        }
    }

    @Override
    public void close() {
        try {
            selector.close();
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot close a selector", e);
        }
    }
}
