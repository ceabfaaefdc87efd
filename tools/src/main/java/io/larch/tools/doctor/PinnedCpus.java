package io.larch.tools.doctor;

import io.larch.tools.cpus.CpuList;
import io.larch.tools.flags.ServerConfig;
import java.util.BitSet;

/** The CPUs that threads of a member have for themselves, and lists of CPUs in files. */
final class PinnedCpus {
    /** Why there is nothing to look at. */
    static final String NONE = "not needed: no thread has a CPU of its own";

    private PinnedCpus() {}

    /** A new set. */
    static BitSet of(final ServerConfig config) {
        return CpuList.set(config.tuning().cpus().all());
    }

    /** A list of the kernel's; none when it cannot be read. */
    static BitSet read(final Machine machine, final String file) {
        try {
            return CpuList.ofKernel(machine.read(file).orElse(""));
        } catch (final IllegalArgumentException e) {
            return new BitSet();
        }
    }
}
