package io.larch.engine.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.engine.apply.ClusterClock;
import io.larch.engine.apply.CommandDeduplicator;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.member.ClusterState;
import io.larch.engine.raft.ConfState;
import java.nio.ByteOrder;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class SnapshotConfigTest {
    private static final long NOW = 1_700_000_000_000_000_000L;
    private static final long LATER = NOW + 3_600_000_000_000L;

    private final ExpandableArrayBuffer encoded = new ExpandableArrayBuffer();

    private static ClusterClock clock() {
        return new ClusterClock(() -> 1, () -> NOW);
    }

    private static SnapshotConfig config(final ClusterClock clock) {
        return new SnapshotConfig(new ClusterState(0xC1), new CommandDeduplicator(), clock);
    }

    private static ClusterClock clockAt(final long time, final long wallOffset) {
        final ClusterClock clock = clock();
        final ExpandableArrayBuffer sync = new ExpandableArrayBuffer();
        KeysCommand.encodeHeader(
                sync, 0, CommandType.SYNC, 0, 0, 0, CommandEnvelope.PERMANENT, wallOffset, 0, 0, 0);
        CommandEnvelope.encodeClusterTime(sync, 0, time);
        clock.applying(1, new CommandEnvelope().wrap(sync, 0));
        return clock;
    }

    @Test
    void shouldCarryTheTime() {
        final int length = config(clockAt(LATER, -7)).encode(encoded, ConfState.EMPTY);

        final ClusterClock restored = clock();
        config(restored).decode(new UnsafeBuffer(encoded, 0, length), 1);

        assertEquals(LATER, restored.now());
        assertEquals(-7, restored.wallOffset());
    }

    @Test
    void shouldReadWhatWasWrittenBeforeItCarriedTheTime() {
        config(clockAt(LATER, -7)).encode(encoded, ConfState.EMPTY);
        int length = 0;
        for (int part = 0; part < 3; part++) {
            length += Integer.BYTES + encoded.getInt(length, ByteOrder.LITTLE_ENDIAN);
        }

        final ClusterClock restored = clock();
        config(restored).decode(new UnsafeBuffer(encoded, 0, length), 1);

        assertEquals(NOW, restored.now());
        assertEquals(0, restored.wallOffset());
    }
}
