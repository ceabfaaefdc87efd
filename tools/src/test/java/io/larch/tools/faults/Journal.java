package io.larch.tools.faults;

import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** What all clients of a run sent, and when, and what came back. Threadsafe. */
final class Journal {
    private final Queue<Write> writes = new ConcurrentLinkedQueue<>();
    private final Queue<Read> reads = new ConcurrentLinkedQueue<>();
    private final Queue<Failure> failures = new ConcurrentLinkedQueue<>();
    private final Queue<String> anomalies = new ConcurrentLinkedQueue<>();
    private final ConcurrentHashMap<String, AtomicLong> acknowledgements =
            new ConcurrentHashMap<>();
    private volatile String lastKey = "";

    void add(final Write write) {
        writes.add(write);
        if (write.outcome() == Outcome.ACKNOWLEDGED) {
            count(write.member()).incrementAndGet();
            lastKey = write.key();
        } else {
            failures.add(
                    new Failure(
                            write.member(),
                            write.kind() + " " + write.key() + " " + write.value(),
                            write.calledNs(),
                            write.returnedNs(),
                            write.answer()));
        }
    }

    void add(final Read read) {
        reads.add(read);
    }

    void add(final Failure failure) {
        failures.add(failure);
    }

    /** Something that no fault excuses. */
    void anomaly(final String text) {
        anomalies.add(text);
    }

    private AtomicLong count(final String member) {
        return acknowledgements.computeIfAbsent(member, name -> new AtomicLong());
    }

    /** How many writes this member has acknowledged until now. */
    long acknowledged(final String member) {
        return count(member).get();
    }

    /** The key of some write acknowledged just now; empty before the first. */
    String lastKey() {
        return lastKey;
    }

    Collection<Write> writes() {
        return List.copyOf(writes);
    }

    Collection<Read> reads() {
        return List.copyOf(reads);
    }

    Collection<Failure> failures() {
        return List.copyOf(failures);
    }

    Collection<String> anomalies() {
        return List.copyOf(anomalies);
    }

    long writes(final Outcome outcome) {
        return writes.stream().filter(write -> write.outcome() == outcome).count();
    }
}
