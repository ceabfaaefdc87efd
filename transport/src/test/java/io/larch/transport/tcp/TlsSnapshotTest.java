package io.larch.transport.tcp;

import io.larch.transport.contract.Cluster;
import io.larch.transport.contract.SnapshotContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;

@Tag("slow")
class TlsSnapshotTest extends SnapshotContract {
    @Override
    protected Cluster newCluster(final Path where) {
        return new TcpCluster(where, id -> TestEngines.good());
    }
}
