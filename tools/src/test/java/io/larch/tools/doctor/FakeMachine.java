package io.larch.tools.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** A machine on which all is well, but for what a test changes. */
final class FakeMachine implements Machine {
    static final long GIB = 1L << 30;

    final Map<String, String> files = new HashMap<>();
    final Map<String, Page> pages = new HashMap<>();
    long freeBytes = 100 * GIB;
    long freeShared = GIB;
    Optional<Inodes> inodes = Optional.of(new Inodes(1_000_000, 900_000));
    long[] syncNanos = {1_000_000, 1_000_000, 2_000_000};
    int openFileLimit = 65_536;
    long memoryBytes = 16 * GIB;
    List<String> governors = List.of("performance", "performance");
    OptionalInt mtu = OptionalInt.of(1_500);
    boolean isWritable = true;

    FakeMachine() {
        files.put("/proc/self/mountinfo", "27 1 254:0 / / rw - ext4 /dev/vda rw");
        files.put("/proc/meminfo", "MemTotal:       16777216 kB\nMemFree: 1 kB");
        files.put("/proc/sys/net/core/rmem_max", "4194304");
        files.put("/proc/sys/net/core/wmem_max", "4194304");
        files.put("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
    }

    void answers(final String url, final String body) {
        pages.put(
                url,
                new Page(
                        200,
                        "Sun, 29 Nov 2026 04:00:10 GMT",
                        body,
                        1_795_924_810_200L,
                        1_795_924_810_203L));
    }

    @Override
    public Optional<String> read(final String file) {
        return Optional.ofNullable(files.get(file));
    }

    @Override
    public Path existing(final Path directory) {
        return directory;
    }

    @Override
    public long freeBytes(final Path directory) {
        return directory.startsWith("/dev/shm") ? freeShared : freeBytes;
    }

    @Override
    public Optional<Inodes> inodes(final Path directory) {
        return inodes;
    }

    @Override
    public long[] syncNanos(final Path directory) throws IOException {
        if (!isWritable) {
            throw new IOException("Permission denied");
        }
        return syncNanos;
    }

    @Override
    public int openFileLimit() {
        return openFileLimit;
    }

    @Override
    public long memoryBytes() {
        return memoryBytes;
    }

    @Override
    public long heapBytes() {
        return 256L << 20;
    }

    @Override
    public List<String> cpuGovernors() {
        return governors;
    }

    @Override
    public OptionalInt mtuTowards(final String host) {
        return mtu;
    }

    @Override
    public Page page(final String url) throws IOException {
        final Page page = pages.get(url);
        if (page == null) {
            throw new IOException("connection refused");
        }
        return page;
    }
}
