package io.larch.http.legacy;

import io.larch.http.go.GoText;
import io.larch.http.text.ByteWriter;
import java.util.Map;

/**
 * What etcd 0.4 let an administrator set. Kept and shown; nothing acts on it, since there are no
 * standby members any more.
 *
 * @param removeDelaySeconds and the sync interval may be fractions.
 */
record AdminConfig(int activeSize, double removeDelaySeconds, double syncIntervalSeconds) {
    static final AdminConfig DEFAULT = new AdminConfig(9, 1800, 5);

    private static final int MIN_ACTIVE_SIZE = 3;
    private static final double MIN_REMOVE_DELAY_SECONDS = 2;
    private static final double MIN_SYNC_INTERVAL_SECONDS = 1;

    /** With other numbers where there are some, raised to what is the least. */
    AdminConfig with(final Map<String, Double> numbers) {
        return new AdminConfig(
                Math.max(
                        MIN_ACTIVE_SIZE,
                        numbers.getOrDefault("activeSize", 0.0 + activeSize).intValue()),
                Math.max(
                        MIN_REMOVE_DELAY_SECONDS,
                        numbers.getOrDefault("removeDelay", removeDelaySeconds)),
                Math.max(
                        MIN_SYNC_INTERVAL_SECONDS,
                        numbers.getOrDefault("syncInterval", syncIntervalSeconds)));
    }

    @Override
    public String toString() {
        return "{\"activeSize\":"
                + activeSize
                + ",\"removeDelay\":"
                + GoText.number(removeDelaySeconds)
                + ",\"syncInterval\":"
                + GoText.number(syncIntervalSeconds)
                + "}";
    }

    void print(final ByteWriter out) {
        out.put(toString()).put('\n');
    }
}
