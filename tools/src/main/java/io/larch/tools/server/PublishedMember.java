package io.larch.tools.server;

import io.larch.engine.stats.CounterPublisher;
import io.larch.tools.cpus.Placement;
import io.larch.tools.tls.CertificateWatch;
import java.util.concurrent.CompletableFuture;

/**
 * A member whose counters are shown, and whose certificates, disks and threads are looked at, while
 * it runs.
 */
record PublishedMember(
        RunningMember member,
        CertificateWatch certificates,
        CounterPublisher publisher,
        DiskRoom room,
        Placement placement)
        implements RunningMember {
    @Override
    public CompletableFuture<Void> pulse() {
        return member.pulse();
    }

    @Override
    public Throwable awaitFailure() throws InterruptedException {
        return member.awaitFailure();
    }

    @Override
    public void close() {
        try {
            member.close();
        } finally {
            certificates.close();
            publisher.close();
            room.close();
            placement.close();
        }
    }
}
