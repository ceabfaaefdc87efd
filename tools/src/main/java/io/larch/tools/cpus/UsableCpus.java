package io.larch.tools.cpus;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What CPUs the threads of this process may be put on, as the kernel's files tell.
 *
 * <p>Those on which its threads run now may be fewer: CPUs that the kernel was told to isolate are
 * used by nobody who does not ask for them.
 *
 * @param isLinux whether threads can be put anywhere at all.
 * @param online that the machine has; empty: it does not say.
 * @param allowed by the cpuset of this process.
 */
public record UsableCpus(boolean isLinux, BitSet online, BitSet allowed) {
    private static final int MOST_BYTES = 1 << 16;

    /** Where the groups of version 2, and those of version 1 for CPUs, mostly are. */
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");

    private static final Path GROUPS_OF_CPUS = GROUPS.resolve("cpuset");

    /** Of this process. */
    public static UsableCpus here() {
        return of(System.getProperty("os.name"), UsableCpus::read);
    }

    /**
     * @param system its name, as Java has it.
     * @param files text of a file, without white space around it; empty when it cannot be read.
     */
    public static UsableCpus of(
            final String system, final Function<String, Optional<String>> files) {
        if (!system.equals("Linux")) {
            return new UsableCpus(false, new BitSet(), new BitSet());
        }
        final BitSet online = list(files.apply("/sys/devices/system/cpu/online"));
        final BitSet allowed =
                cpuset(files).map(text -> list(Optional.of(text))).orElse((BitSet) online.clone());
        allowed.or(running(files));
        return new UsableCpus(true, online, allowed);
    }

    /** Where threads of this process run that were not put anywhere; empty: it is not told. */
    public static BitSet running() {
        return running(UsableCpus::read);
    }

    private static BitSet running(final Function<String, Optional<String>> files) {
        return list(
                files.apply("/proc/self/status").stream()
                        .flatMap(String::lines)
                        .filter(line -> line.startsWith("Cpus_allowed_list:"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst());
    }

    /** Of the nearest group on the way up that tells. */
    private static Optional<String> cpuset(final Function<String, Optional<String>> files) {
        for (final String line : files.apply("/proc/self/cgroup").orElse("").split("\n")) {
            final String[] parts = line.split(":", 3);
            if (parts.length == 3
                    && parts[2].startsWith("/")
                    && (parts[1].isEmpty() || List.of(parts[1].split(",")).contains("cpuset"))) {
                final Optional<String> found =
                        parts[1].isEmpty()
                                ? nearest(files, GROUPS, parts[2], "cpuset.cpus.effective")
                                : nearest(files, GROUPS_OF_CPUS, parts[2], "cpuset.effective_cpus");
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> nearest(
            final Function<String, Optional<String>> files,
            final Path top,
            final String group,
            final String name) {
        Path there = top.resolve(group.substring(1)).normalize();
        while (there.startsWith(top)) {
            final Optional<String> found = files.apply(there.resolve(name).toString());
            if (found.filter(text -> !text.isEmpty()).isPresent()) {
                return found;
            }
            there = there.getParent();
        }
        return Optional.empty();
    }

    private static BitSet list(final Optional<String> text) {
        try {
            return CpuList.ofKernel(text.orElse(""));
        } catch (final IllegalArgumentException e) {
            return new BitSet();
        }
    }

    private static Optional<String> read(final String file) {
        try (FileInputStream in = new FileInputStream(file)) {
            return Optional.of(
                    new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8).strip());
        } catch (final IOException e) {
            return Optional.empty();
        }
    }

    /** What speaks against putting a thread on this CPU; empty: nothing. */
    public Optional<String> objection(final int cpu) {
        if (!isLinux) {
            return Optional.of("threads can be put on CPUs on Linux only");
        }
        if (!online.isEmpty() && !online.get(cpu)) {
            return Optional.of(
                    "this machine has no CPU %d online, but %s"
                            .formatted(cpu, CpuList.text(online)));
        }
        if (!allowed.isEmpty() && !allowed.get(cpu)) {
            return Optional.of(
                    "this process may not use CPU %d, its cpuset has %s"
                            .formatted(cpu, CpuList.text(allowed)));
        }
        return Optional.empty();
    }
}
