package io.larch.tools.v3.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What may not be, noted by clients when they see it. Threadsafe. */
final class Journal {
    private static final int TOLD = 20;

    private final ConcurrentLinkedQueue<String> anomalies = new ConcurrentLinkedQueue<>();

    void anomaly(final String text) {
        anomalies.add(text);
    }

    void expect(final boolean isSo, final String text) {
        if (!isSo) {
            anomaly(text);
        }
    }

    boolean isEmpty() {
        return anomalies.isEmpty();
    }

    @Override
    public String toString() {
        final List<String> all = new ArrayList<>(anomalies);
        return all.size()
                + " anomalies\n"
                + String.join("\n", all.subList(0, Math.min(TOLD, all.size())));
    }
}
