package io.larch.tools.transfer;

import io.larch.tools.transfer.TransferException.Kind;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** The body of an answer, of which no piece may let the reader wait for longer than the timeout. */
final class GuardedStream extends FilterInputStream {
    private static final ScheduledExecutorService CLOCK =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        final Thread thread = new Thread(task, "transfer-clock");
                        thread.setDaemon(true);
                        return thread;
                    });

    private final Site site;
    private final AtomicBoolean isLate = new AtomicBoolean();

    GuardedStream(final InputStream body, final Site site) {
        super(body);
        this.site = site;
    }

    @Override
    public int read(final byte[] bytes, final int offset, final int length) throws IOException {
        final ScheduledFuture<?> guard =
                CLOCK.schedule(this::giveUp, site.timeout().toMillis(), TimeUnit.MILLISECONDS);
        try {
            final int count = super.read(bytes, offset, length);
            if (isLate.get()) {
                throw broken(null);
            }
            return count;
        } catch (final TransferException e) {
            throw e;
        } catch (final IOException e) {
            throw broken(e);
        } finally {
            guard.cancel(false);
        }
    }

    private TransferException broken(final IOException cause) {
        return new TransferException(
                Kind.UNREACHABLE,
                "the %s broke off within its answer%s"
                        .formatted(site.name(), cause == null ? "" : ": " + cause.getMessage()),
                cause);
    }

    private void giveUp() {
        isLate.set(true);
        try {
            in.close();
        } catch (final IOException e) {
            // The reader finds out by itself.
            isLate.set(true);
        }
    }
}
