package io.larch.tools.stat;

import io.larch.engine.stats.CounterFile;

/** Says by a file of counters whether its member runs. */
final class Liveness {
    /** A member writes once a second; within this it runs, wherever its process is to be seen. */
    private static final long FRESH_MS = 3_000;

    /** A process that is there and has not written for so long hangs. */
    private static final long PATIENCE_MS = 15_000;

    private Liveness() {}

    /**
     * Why the member does not run, in words.
     *
     * @return null when it runs.
     */
    static String absence(final CounterFile.Picture picture, final long nowMs) {
        final long silentMs = Math.max(0, nowMs - picture.publishedMs());
        if (picture.isStopped()) {
            return "the last one (process " + picture.pid() + ") ended " + seconds(silentMs);
        }
        if (silentMs <= FRESH_MS || silentMs <= PATIENCE_MS && isAlive(picture.pid())) {
            return null;
        }
        return isAlive(picture.pid())
                ? "process "
                        + picture.pid()
                        + " hangs, or is another's by now; it last wrote "
                        + seconds(silentMs)
                : "the last one (process "
                        + picture.pid()
                        + ") is gone without an end; it last wrote "
                        + seconds(silentMs);
    }

    private static boolean isAlive(final long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    private static String seconds(final long ms) {
        return ms / 1_000 + " s ago";
    }
}
