package io.larch.transport.tcp;

import io.larch.transport.contract.AllocationContract;
import io.larch.transport.contract.Cluster;
import java.nio.file.Path;

class TcpAllocationTest extends AllocationContract {
    @Override
    protected Cluster newCluster(final Path where) {
        return new TcpCluster(where);
    }
}
