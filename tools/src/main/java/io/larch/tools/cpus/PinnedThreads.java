package io.larch.tools.cpus;

import com.sun.jna.LastErrorException;
import io.larch.tools.process.StartupException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that serve, each on a CPU of its own, and all others of the process beside them.
 *
 * <p>A thread inherits where it may run from the one that starts it, and threads that serve start
 * others: for snapshots, passwords, the log's next file, and those of libraries. So a thread looks
 * once a second for new ones, and sends them where the others are; until then such a one may run on
 * the CPU of the thread that started it. Where no CPU is left for the others, they may run on all.
 */
public final class PinnedThreads implements Placement {
    private static final Logger LOG = LoggerFactory.getLogger(PinnedThreads.class);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Threads that start threads meanwhile are caught up with, as a rule at the second look. */
    private static final int MOST_LOOKS_AT_START = 10;

    private static final int THIS_THREAD = 0;

    private final OptionalInt engineCpu;
    private final List<Integer> edgeCpus;
    private final BitSet others;
    private final Thread thread = new Thread(this::run, "larch-cpus");

    /** Guarded by this, as what is below: a thread that serves is not sent away by a look. */
    private final Set<Integer> serving = new HashSet<>();

    private Set<Integer> placed = new HashSet<>();
    private int edges;
    private String lastRefusal = "";
    private volatile boolean isClosed;

    private PinnedThreads(
            final OptionalInt engineCpu, final List<Integer> edgeCpus, final BitSet others) {
        this.engineCpu = engineCpu;
        this.edgeCpus = edgeCpus;
        this.others = others;
    }

    /**
     * Sends all threads that there are to the CPUs that are left, and looks for new ones from then
     * on. The calling thread is one of the others.
     *
     * @param engineCpu of the engine's thread; empty: it is one of the others.
     * @param edgeCpus of the event loops, in turn; empty: they are others.
     * @throws StartupException when the kernel refuses, or JNA cannot be loaded.
     */
    public static PinnedThreads start(final OptionalInt engineCpu, final List<Integer> edgeCpus) {
        final List<Integer> pinned = new ArrayList<>(edgeCpus);
        engineCpu.ifPresent(pinned::add);
        final BitSet everywhere = UsableCpus.running();
        final BitSet others = left(everywhere, CpuList.set(pinned));
        final PinnedThreads threads = new PinnedThreads(engineCpu, edgeCpus, others);
        try {
            for (final int cpu : pinned) {
                // The kernel has the last word; it is heard before anything is open.
                put(THIS_THREAD, CpuList.set(List.of(cpu)));
            }
            int looks = 0;
            while (threads.look() > 0 && looks < MOST_LOOKS_AT_START) {
                looks++;
            }
        } catch (final LinkageError e) {
            throw new StartupException(
                    "cannot put threads on CPUs: "
                            + e.getMessage()
                            + "; JNA unpacks a library in"
                            + " the cache of the user or in the directory for temporary files, or"
                            + " where -Djna.tmpdir=DIRECTORY in LARCH_JAVA_OPTS says",
                    e);
        }
        threads.thread.setDaemon(true);
        threads.thread.start();
        LOG.info(
                "CPUs: engine {}, edge {}, others {}",
                engineCpu.isPresent() ? engineCpu.getAsInt() : "as others",
                edgeCpus.isEmpty() ? "as others" : CpuList.text(CpuList.set(edgeCpus)),
                CpuList.text(others));
        return threads;
    }

    /** What is left of those where the process runs; all of these when nothing is. */
    static BitSet left(final BitSet everywhere, final BitSet pinned) {
        final BitSet left = (BitSet) everywhere.clone();
        left.andNot(pinned);
        return left.isEmpty() ? everywhere : left;
    }

    @Override
    public synchronized void engine() {
        if (engineCpu.isPresent()) {
            serve(engineCpu.getAsInt());
        }
    }

    @Override
    public synchronized void edge() {
        if (!edgeCpus.isEmpty()) {
            serve(edgeCpus.get(edges % edgeCpus.size()));
            edges++;
        }
    }

    private void serve(final int cpu) {
        serving.add(LinuxThreads.current());
        put(THIS_THREAD, CpuList.set(List.of(cpu)));
    }

    private static void put(final int thread, final BitSet cpus) {
        try {
            LinuxThreads.put(thread, cpus);
        } catch (final LastErrorException e) {
            throw new StartupException(refusal(cpus, e), e);
        }
    }

    private static String refusal(final BitSet cpus, final LastErrorException e) {
        return "the kernel lets no thread of this process run on CPUs %s: %s"
                .formatted(CpuList.text(cpus), e.getMessage());
    }

    private void run() {
        while (!isClosed) {
            try {
                look();
            } catch (final UncheckedIOException e) {
                // No file could be opened; the next look finds who is new as well.
                LOG.debug("threads cannot be looked at", e);
            }
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
    }

    /** Sends new threads where the others are; how many there were. */
    private synchronized int look() {
        final Set<Integer> there = new HashSet<>(LinuxThreads.all());
        int count = 0;
        for (final int number : there) {
            if (!serving.contains(number) && !placed.contains(number)) {
                send(number);
                count++;
            }
        }
        placed = there;
        return count;
    }

    /** When CPUs are taken away from a process, the kernel puts its threads elsewhere by itself. */
    private void send(final int number) {
        try {
            LinuxThreads.put(number, others);
        } catch (final LastErrorException e) {
            final String refusal = refusal(others, e);
            if (!refusal.equals(lastRefusal)) {
                lastRefusal = refusal;
                LOG.warn(refusal);
            }
        }
    }

    @Override
    public void close() {
        isClosed = true;
        LockSupport.unpark(thread);
    }
}
