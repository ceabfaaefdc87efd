package io.larch.bench.grpc;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What the threads of this process have allocated so far. */
final class Usage {
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Bytes, of all threads that live. */
    private long allocatedBytes() {
        long sum = 0;
        for (final long bytes : threads.getThreadAllocatedBytes(threads.getAllThreadIds())) {
            sum += Math.max(0, bytes);
        }
        return sum;
    }

    @Override
    public String toString() {
        return "allocated " + allocatedBytes();
    }
}
