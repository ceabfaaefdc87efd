package io.larch.engine.application;

/** What commands may add to an application: entries and bytes, as the application counts them. */
public final class Growth {
    private long entries;
    private long bytes;

    public long entries() {
        return entries;
    }

    public long bytes() {
        return bytes;
    }

    public Growth set(final long newEntries, final long newBytes) {
        entries = newEntries;
        bytes = newBytes;
        return this;
    }

    /** Adds to both; negative numbers take away. */
    public void add(final long moreEntries, final long moreBytes) {
        entries += moreEntries;
        bytes += moreBytes;
    }
}
