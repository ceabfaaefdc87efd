package io.larch.tools.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What the checks see of the machine and of other members; what cannot be seen is empty. */
interface Machine {
    /** A small text file of the kernel's, without white space around it. */
    Optional<String> read(String file);

    /** The first directory on the way up that exists, with links resolved. */
    Path existing(Path directory);

    /** Bytes that this user may still write. */
    long freeBytes(Path directory);

    /** Files that a file system can have, and how many of them are left. */
    Optional<Inodes> inodes(Path directory);

    /**
     * Writes small blocks into a file of its own and waits for the disk after each, for a second at
     * most; then removes the file.
     *
     * @return how long each took, in nanoseconds, sorted; at least one.
     */
    long[] syncNanos(Path directory) throws IOException;

    /** How many files a process may have open; {@link Integer#MAX_VALUE}: as many as it likes. */
    int openFileLimit();

    /** Memory of the machine, or of the container, if it has a limit. */
    long memoryBytes();

    /** The largest heap of a member that is started as this process was. */
    long heapBytes();

    /** How each processor's frequency is chosen; empty when the machine does not say. */
    List<String> cpuGovernors();

    /** Longest packet of the interface on the way to a host. */
    OptionalInt mtuTowards(String host);

    /**
     * Asks a server for a page.
     *
     * @throws IOException when there is no answer, with the reason.
     */
    Page page(String url) throws IOException;

    /**
     * Of a file system.
     *
     * @param total 0: it has no limit of its own.
     */
    record Inodes(long total, long free) {}

    /**
     * An answer.
     *
     * @param date the header of that name; empty when there is none.
     * @param sentMs when it was asked for, by this machine's clock, in milliseconds since 1970.
     * @param heardMs when the answer was there.
     */
    record Page(int status, String date, String body, long sentMs, long heardMs) {}
}
