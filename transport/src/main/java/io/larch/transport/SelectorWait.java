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
    private final Consumer<SelectionKey> onReady =
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
                selector.selectNow(onReady);
            } else {
                selector.select(onReady, (nanos + NANOS_PER_MS - 1) / NANOS_PER_MS);
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
    public Watched watch(
            final SelectableChannel channel, final int operations, final Runnable action) {
        try {
            return new WatchedKey(channel.register(selector, operations, action));
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot watch a socket", e);
        }
    }

    private final class WatchedKey implements Watched {
        private final SelectionKey key;

        WatchedKey(final SelectionKey key) {
            this.key = key;
        }

        @Override
        public void operations(final int operations) {
            key.interestOps(operations);
        }

        /** A socket stays open until the selector has let go of it: let go now. */
        @Override
        public void close() {
            key.cancel();
            try {
                selector.selectNow();
                selector.selectedKeys().clear();
            } catch (final ClosedSelectorException e) {
                // Closed before the transport: nothing is watched any more.
                return;
            } catch (final IOException e) {
                throw new UncheckedIOException("cannot let go of a socket", e);
            }
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
