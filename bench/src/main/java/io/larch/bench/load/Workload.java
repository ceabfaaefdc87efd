package io.larch.bench.load;

import java.io.IOException;
import java.util.List;

/** What is done to a server and measured. Used by one thread. */
interface Workload extends AutoCloseable {
    /** Makes what a run needs. */
    void prepare() throws IOException;

    /** Runs for so long and measures; may be called again. */
    List<LoadResult> run(int seconds) throws IOException;

    @Override
    void close() throws IOException;
}
