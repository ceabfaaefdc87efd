package io.larch.tools.server;

import io.larch.engine.stats.CounterPublisher;

/** A member whose counters are shown to those outside while it runs. */
record PublishedMember(RunningMember member, CounterPublisher publisher) implements RunningMember {
    @Override
    public Throwable awaitFailure() throws InterruptedException {
        return member.awaitFailure();
    }

    @Override
    public void close() {
        try {
            member.close();
        } finally {
            publisher.close();
        }
    }
}
