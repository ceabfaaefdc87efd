package io.larch.bench.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Memory of a process of this machine, in KiB.
 *
 * @param residentKib that is in RAM, from Linux's {@code /proc/PID/status}.
 * @param heapKib objects in the Java heap; 0 when it is no Java machine.
 * @param nativeKib that the Java machine and its libraries have taken beside the heap; 0 when it is
 *     not counted ({@code -XX:NativeMemoryTracking=summary} has it counted).
 */
public record ServerMemory(long residentKib, long heapKib, long nativeKib) {
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern HEAP_USED = Pattern.compile("total \\d+K, used (\\d+)K");
    private static final Pattern NATIVE_TOTAL = Pattern.compile("committed=(\\d+)KB");
    private static final Pattern NATIVE_HEAP =
            Pattern.compile("Java Heap \\(reserved=\\d+KB, committed=(\\d+)KB\\)");

    /** Reads it when what is garbage has been collected. */
    static ServerMemory afterCollection(final long pid) throws IOException {
        // The second finds what the first had to leave to cleaners and references.
        ask(pid, "GC.run");
        ask(pid, "GC.run");
        final String counted = ask(pid, "VM.native_memory");
        return new ServerMemory(
                sum(RESIDENT, Files.readString(Path.of("/proc", Long.toString(pid), "status"))),
                sum(HEAP_USED, ask(pid, "GC.heap_info")),
                first(NATIVE_TOTAL, counted) - first(NATIVE_HEAP, counted));
    }

    /** For people, with what each of so many adds. */
    String growthSince(final ServerMemory before, final int count) {
        return String.format(
                Locale.ROOT,
                "resident: %.1f MB, %d B each%nJava heap: %.1f MB, %d B each%nnative: %.1f MB",
                (residentKib - before.residentKib) / 1024.0,
                (residentKib - before.residentKib) * 1024 / count,
                (heapKib - before.heapKib) / 1024.0,
                (heapKib - before.heapKib) * 1024 / count,
                (nativeKib - before.nativeKib) / 1024.0);
    }

    /** What processes have in RAM now, in KiB. */
    public static long residentKib(final long[] pids) throws IOException {
        long sum = 0;
        for (final long pid : pids) {
            sum += sum(RESIDENT, Files.readString(Path.of("/proc", Long.toString(pid), "status")));
        }
        return sum;
    }

    static long sum(final Pattern pattern, final String text) {
        return pattern.matcher(text)
                .results()
                .mapToLong(result -> Long.parseLong(result.group(1)))
                .sum();
    }

    private static long first(final Pattern pattern, final String text) {
        final Matcher matcher = pattern.matcher(text);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    /** Empty when the process is no Java machine, or does not know the command. */
    private static String ask(final long pid, final String command) throws IOException {
        final Process jcmd =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                                Long.toString(pid),
                                command)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
