package io.larch.transport.aeron;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.transport.TransportCounter;
import io.larch.transport.contract.Cluster;
import io.larch.transport.contract.SnapshotContract;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class AeronSnapshotTest extends SnapshotContract {
    @Override
    protected Cluster newCluster(final Path where) {
        return new AeronCluster(where);
    }

    @Test
    void shouldGoOnAfterTheSendersDriverWasReplaced() {
        leader.transport.sendSnapshot(2, 3, source);
        cluster.run(this::isHalfWay, "half of it is there");
        AeronCluster.loseDriver(leader);
        cluster.run(this::isSent, "the snapshot is sent");

        assertEquals(1, leader.count(TransportCounter.DRIVERS_REPLACED));
        assertArrayEquals(source.bytes(), follower.sink.bytes());
    }
}
