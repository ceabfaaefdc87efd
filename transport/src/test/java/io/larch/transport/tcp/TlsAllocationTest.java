package io.larch.transport.tcp;

import io.larch.transport.contract.AllocationContract;
import io.larch.transport.contract.Cluster;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

@Tag("slow")
class TlsAllocationTest extends AllocationContract {
    @Override
    protected Cluster newCluster(final Path where) {
        return new TcpCluster(where, id -> TestEngines.good());
    }

    /** What the engine makes of each record, in both directions. */
    @Override
    protected int allowedBytes() {
        return 8192;
    }
}
