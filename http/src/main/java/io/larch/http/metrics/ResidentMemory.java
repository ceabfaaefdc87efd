package io.larch.http.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much of a process Linux has in memory. */
final class ResidentMemory {
    private static final Path SELF = Path.of("/proc/self/status");
    private static final Pattern LINE = Pattern.compile("(?m)^VmRSS:\\s+(\\d+) kB$");
    private static final long BYTES_PER_KB = 1024;

    private ResidentMemory() {}

    /** Of this process, in bytes; empty where the system does not tell. */
    static OptionalLong ofThisProcess() {
        try {
            return parse(Files.readString(SELF));
        } catch (final IOException e) {
            return OptionalLong.empty();
        }
    }

    /** What proc(5) says in {@code status}, in bytes. */
    static OptionalLong parse(final String status) {
        final Matcher line = LINE.matcher(status);
        return line.find()
                ? OptionalLong.of(Long.parseLong(line.group(1)) * BYTES_PER_KB)
                : OptionalLong.empty();
    }
}
