package io.larch.engine.sim;

import io.larch.engine.disk.Directory;
import io.larch.engine.disk.NoRoomException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The disk of one member: two directories, one budget of bytes, one set of faults. Knows what is
 * durable; {@link #crash} keeps that and, as the random numbers have it, some of the rest.
 */
final class SimDisk {
    private final Power power;
    private final SimClock clock;
    private final List<SimDirectory> directories = new ArrayList<>();
    private long freeBytes = Long.MAX_VALUE;
    private int forcesUntilFailure = -1;
    private long forceNanos;
    private boolean hasFailed;

    SimDisk(final Power power, final SimClock clock) {
        this.power = power;
        this.clock = clock;
    }

    /** A directory of this disk. */
    Directory directory(final String name) {
        final SimDirectory directory = new SimDirectory(name, this);
        directories.add(directory);
        return directory;
    }

    /** Lets the n-th sync from now fail, as a broken disk does; negative: none. */
    void failForceAfter(final int forces) {
        forcesUntilFailure = forces;
    }

    /** How long each sync takes from now on. */
    void forceNanos(final long nanos) {
        forceNanos = nanos;
    }

    /** Bytes that files may still grow by. */
    void freeBytes(final long freeBytes) {
        this.freeBytes = freeBytes;
    }

    boolean isLimited() {
        return freeBytes != Long.MAX_VALUE;
    }

    /** Whether an injected failure has hit the member since {@link #restart}. */
    boolean hasFailed() {
        return hasFailed;
    }

    void restart() {
        hasFailed = false;
        forcesUntilFailure = -1;
        directories.forEach(SimDirectory::unlock);
    }

    /** The power failed: what was not durable is lost, in whole or in part. */
    void crash(final SplittableRandom random) {
        directories.forEach(directory -> directory.crash(random));
    }

    /** In each file that has something to write, one sector is written in part before a crash. */
    void tear(final SplittableRandom random) {
        directories.forEach(directory -> directory.tear(random));
    }

    /**
     * Flips one bit of what is durable and not of the last sync, since damage there cannot be told
     * from a sync that never happened.
     *
     * @return what was damaged, or null when there was nothing to damage.
     */
    String flip(final SplittableRandom random) {
        return directories.get(random.nextInt(directories.size())).flip(random);
    }

    /** Everything is lost. */
    void wipe() {
        directories.forEach(SimDirectory::wipe);
    }

    void touch() throws IOException {
        power.touchDisk();
    }

    void take(final long bytes) throws IOException {
        if (freeBytes == Long.MAX_VALUE) {
            return;
        }
        if (bytes > freeBytes) {
            throw new NoRoomException("No space left on device");
        }
        freeBytes -= bytes;
    }

    void give(final long bytes) {
        if (freeBytes != Long.MAX_VALUE) {
            freeBytes += bytes;
        }
    }

    void force() throws IOException {
        touch();
        clock.pass(forceNanos);
        if (forcesUntilFailure >= 0 && forcesUntilFailure-- == 0) {
            hasFailed = true;
            throw new IOException("Input/output error");
        }
    }
}
