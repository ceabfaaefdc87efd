package io.larch.transport.aeron;

import io.larch.transport.contract.AllocationContract;
import io.larch.transport.contract.Cluster;
import java.nio.file.Path;

class TransportAllocationTest extends AllocationContract {
    @Override
    protected Cluster newCluster(final Path where) {
        return new AeronCluster(where);
    }
}
