package io.larch.engine.application;

import io.larch.engine.codec.CommandEnvelope;
import java.util.List;
import org.agrona.CloseHelper;

/**
 * The applications of a member, by domain and in a fixed order, which is that of their sections in
 * a snapshot. Immutable but for the applications themselves.
 */
public final class Applications implements AutoCloseable {
    private final Application[] byDomain = new Application[CommandEnvelope.MAX_DOMAIN + 1];
    private final List<Application> all;

    /**
     * @throws IllegalArgumentException if two have the same domain or the same section's name.
     */
    public Applications(final List<Application> all) {
        this.all = List.copyOf(all);
        for (final Application application : all) {
            if (byDomain[application.domain()] != null) {
                throw new IllegalArgumentException("two of domain " + application.domain());
            }
            byDomain[application.domain()] = application;
        }
        if (all.stream().map(a -> a.snapshot().name()).distinct().count() < all.size()) {
            throw new IllegalArgumentException("two sections of the same name");
        }
    }

    /** All of them, in their order. */
    public List<Application> all() {
        return all;
    }

    /** The one whose commands have a domain, whatever number that is; null when there is none. */
    public Application of(final int domain) {
        return domain < 0 || domain >= byDomain.length ? null : byDomain[domain];
    }

    /** The one whose section of a snapshot has a name; null when there is none. */
    public Application named(final String section) {
        for (final Application application : all) {
            if (application.snapshot().name().equals(section)) {
                return application;
            }
        }
        return null;
    }

    /** Empty ones of the same settings, to be filled from a snapshot. */
    public Applications newEmpty() {
        return new Applications(all.stream().map(Application::newEmpty).toList());
    }

    /** Each takes over what the other of its domain holds. */
    public void take(final Applications others) {
        for (final Application application : all) {
            application.take(others.of(application.domain()));
        }
    }

    /** Whether one has more to do for the time that has passed. */
    public boolean isBehind() {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).isBehind()) {
                return true;
            }
        }
        return false;
    }

    /** Whether one has used nine tenths of its room. */
    public boolean isNearlyFull() {
        return all.stream().anyMatch(Application::isNearlyFull);
    }

    /** Forgets a watch or a read of whichever it is. Unknown ids are ignored. */
    public void cancelWatch(final long correlationId) {
        for (int i = 0; i < all.size(); i++) {
            all.get(i).cancelWatch(correlationId);
        }
    }

    /** Ends every watch of all. */
    public void endAllWatches() {
        all.forEach(Application::endAllWatches);
    }

    /** The time of the cluster's clock has come for all. */
    public void expire(final long nowNanos, final int most) {
        for (int i = 0; i < all.size(); i++) {
            all.get(i).expire(nowNanos, most);
        }
    }

    /** The time of a command has come, for all. */
    public void passing(final long term, final long nowNanos) {
        for (int i = 0; i < all.size(); i++) {
            all.get(i).passing(term, nowNanos);
        }
    }

    /** When the first of all has something to expire; {@link Long#MAX_VALUE} for never. */
    public long nextExpiryNanos() {
        long nextNanos = Long.MAX_VALUE;
        for (int i = 0; i < all.size(); i++) {
            nextNanos = Math.min(nextNanos, all.get(i).nextExpiryNanos());
        }
        return nextNanos;
    }

    /** Whether one has work that may wait. */
    public boolean hasWork() {
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).hasWork()) {
                return true;
            }
        }
        return false;
    }

    /** Each does a piece of its work; 0: there was none. */
    public int work(final int maxSteps) {
        int workCount = 0;
        for (int i = 0; i < all.size(); i++) {
            workCount += all.get(i).work(maxSteps);
        }
        return workCount;
    }

    /** The cluster has changed, for all. */
    public void clusterChanged() {
        for (int i = 0; i < all.size(); i++) {
            all.get(i).clusterChanged();
        }
    }

    @Override
    public void close() {
        CloseHelper.closeAll(all);
    }
}
