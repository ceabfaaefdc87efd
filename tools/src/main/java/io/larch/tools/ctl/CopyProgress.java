package io.larch.tools.ctl;

import io.larch.tools.transfer.Progress;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Tells of a copy twice a second: on a terminal over and over in one line, else line by line.
 * Threadsafe.
 */
final class CopyProgress implements Progress {
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final PrintWriter err;
    private final boolean isTold;
    private final boolean isOneLine;
    private final LongSupplier nanoTime;
    private long lastNanos;
    private boolean isLineOpen;

    /**
     * @param isOneLine whether a line is written over the one before.
     * @param nanoTime the clock.
     */
    CopyProgress(
            final PrintWriter err,
            final boolean isTold,
            final boolean isOneLine,
            final LongSupplier nanoTime) {
        this.err = err;
        this.isTold = isTold;
        this.isOneLine = isOneLine;
        this.nanoTime = nanoTime;
        lastNanos = nanoTime.getAsLong();
    }

    @Override
    public synchronized void copied(final long entries, final String path) {
        if (isTime()) {
            tell(entries + " keys and directories, at " + path);
        }
    }

    @Override
    public synchronized void compared(final long keys) {
        if (isTime()) {
            tell(keys + " v3 keys compared");
        }
    }

    @Override
    public synchronized void imported(final long keys, final long all) {
        if (isTime()) {
            tell("%d of %d v3 keys written".formatted(keys, all));
        }
    }

    @Override
    public synchronized void followed(final long changes, final long index, final long head) {
        if (isTime()) {
            tell(
                    changes
                            + " changes followed, at index "
                            + Long.toUnsignedString(index)
                            + " of "
                            + Long.toUnsignedString(head));
        }
    }

    private boolean isTime() {
        final long nowNanos = nanoTime.getAsLong();
        if (!isTold || nowNanos - lastNanos < INTERVAL_NANOS) {
            return false;
        }
        lastNanos = nowNanos;
        return true;
    }

    private void tell(final String text) {
        if (isOneLine) {
            err.print("\r\u001b[K" + text);
            err.flush();
            isLineOpen = true;
        } else {
            err.println(text);
        }
    }

    @Override
    public synchronized void told(final String line) {
        end();
        err.println(line);
    }

    @Override
    public synchronized void end() {
        if (isLineOpen) {
            err.println();
            isLineOpen = false;
        }
    }
}
