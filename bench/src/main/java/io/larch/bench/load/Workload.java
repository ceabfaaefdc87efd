package io.larch.bench.load;

import java.io.IOException;
import java.util.List;

/** What is done to a server and measured. Used by one thread. */
public interface Workload extends AutoCloseable {
    /** What the operation of a context is. */
    static Workload of(final LoadContext context) throws IOException {
        return switch (context.operation()) {
            case WATCH -> new StreamFanOut(context);
            case V3_WATCH, V3_WATCH_PREVIOUS -> new WatchFanOut(context);
            case V3_KEEPALIVE -> new LeaseKeepAlives(context);
            default -> new LoadGenerator(context);
        };
    }

    /** Makes what a run needs. */
    void prepare() throws IOException;

    /** Runs for so long and measures; may be called again. */
    List<LoadResult> run(double seconds) throws IOException;

    @Override
    void close() throws IOException;
}
