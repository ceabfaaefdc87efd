package io.larch.tools.tls;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Looks once a second whether files of certificates have changed, on a thread of its own, {@code
 * larch-certificates}: a look is a few calls of the system, on network drives slow ones.
 */
public final class CertificateWatch implements AutoCloseable {
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final List<TlsContexts> contexts;
    private final Thread thread = new Thread(this::run, "larch-certificates");
    private volatile boolean isClosed;

    private CertificateWatch(final List<TlsContexts> contexts) {
        this.contexts = contexts;
        thread.setDaemon(true);
    }

    /** Begins to look. */
    public static CertificateWatch start(final List<TlsContexts> contexts) {
        final CertificateWatch watch = new CertificateWatch(List.copyOf(contexts));
        if (!contexts.isEmpty()) {
            watch.thread.start();
        }
        return watch;
    }

    private void run() {
        while (!isClosed) {
            LockSupport.parkNanos(INTERVAL_NANOS);
            if (!isClosed) {
                contexts.forEach(TlsContexts::refresh);
            }
        }
    }

    @Override
    public void close() {
        isClosed = true;
        LockSupport.unpark(thread);
    }
}
