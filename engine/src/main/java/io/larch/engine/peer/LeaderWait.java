package io.larch.engine.peer;

import io.larch.engine.port.PeerContact;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/**
 * Says for whom a member waits that knows no leader, after its start or later: soon, then more and
 * more seldom. Owned by the engine thread; told the time.
 */
final class LeaderWait {
    /** Elections, and members that are started one after the other, need not be told of. */
    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(30);
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Supplier<List<PeerContact>> contacts;
    private final LongFunction<String> names;
    private final IntSupplier voters;
    private final Consumer<String> log;
    private boolean isWaiting;
    private long sinceNanos;
    private long nextNanos;

    /**
     * @param names of members by their ids; empty for one that has none yet.
     * @param voters how many members elect a leader, as far as is known here.
     * @param log takes a line.
     */
    LeaderWait(
            final Supplier<List<PeerContact>> contacts,
            final LongFunction<String> names,
            final IntSupplier voters,
            final Consumer<String> log) {
        this.contacts = contacts;
        this.names = names;
        this.voters = voters;
        this.log = log;
    }

    /** Looks whether something is to be said. Cheap. */
    void check(final long leaderId, final long nowNanos) {
        if (leaderId != 0) {
            isWaiting = false;
        } else if (!isWaiting) {
            isWaiting = true;
            sinceNanos = nowNanos;
            nextNanos = nowNanos + FIRST_NANOS;
        } else if (nowNanos - nextNanos >= 0) {
            final long waitedNanos = nowNanos - sinceNanos;
            // Twice as long since the begin as this time.
            nextNanos = nowNanos + Math.min(waitedNanos, LONGEST_NANOS);
            log.accept(line(waitedNanos / NANOS_PER_SECOND));
        }
    }

    private String line(final long seconds) {
        final List<String> silent = new ArrayList<>();
        int answering = 0;
        for (final PeerContact peer : contacts.get()) {
            if (peer.isAnswering()) {
                answering++;
            } else {
                silent.add(name(peer));
            }
        }
        final int needed = voters.getAsInt() / 2 + 1;
        final String sight =
                "no leader for "
                        + seconds
                        + "s: this member and "
                        + answering
                        + " of "
                        + (answering + silent.size())
                        + " others are up, as seen from here, and it takes "
                        + needed;
        return silent.isEmpty() ? sight : sight + "; waiting for " + String.join(", ", silent);
    }

    private String name(final PeerContact peer) {
        final String name = names.apply(peer.peerId());
        final String id = Long.toHexString(peer.peerId());
        return (name.isEmpty() ? id : name + " (" + id + ")")
                + " at "
                + String.join(",", peer.peerUrls());
    }
}
