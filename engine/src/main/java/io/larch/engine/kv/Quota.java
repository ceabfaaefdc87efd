package io.larch.engine.kv;

/**
 * How much there may be of keys and their history. Looked at before a command is proposed, never
 * when it is applied, so that members of different quotas stay the same.
 *
 * <p>Once there was no space, puts are refused until a tenth of the quota is free, or an operator
 * has ended the alarm.
 */
final class Quota {
    private final long bytes;
    private boolean isPassed;

    Quota(final long bytes) {
        this.bytes = bytes;
    }

    long bytes() {
        return bytes;
    }

    /**
     * Whether there is room for more; what there is no room for makes the quota passed.
     *
     * @param hasAlarm whether an alarm says that there is none.
     */
    boolean hasRoom(
            final long usedBytes,
            final long underWayBytes,
            final long addedBytes,
            final boolean hasAlarm) {
        if (hasAlarm) {
            return false;
        }
        if (usedBytes + underWayBytes + addedBytes > bytes) {
            isPassed = true;
            return false;
        }
        return true;
    }

    /** Whether something was refused, and still there is not much room. */
    boolean isPassed(final long usedBytes) {
        isPassed &= !hasRecovered(usedBytes);
        return isPassed;
    }

    /** Whether a tenth of it is free. */
    boolean hasRecovered(final long usedBytes) {
        return usedBytes <= bytes - bytes / 10;
    }
}
