package io.larch.engine.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.EngineLog;
import io.larch.engine.application.Applications;
import io.larch.engine.apply.ClusterClock;
import io.larch.engine.apply.CommandDeduplicator;
import io.larch.engine.counter.CounterApplication;
import io.larch.engine.member.ClusterState;
import io.larch.engine.raft.ConfState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a member does with snapshots that it is sent. */
class SnapshotInboxTest {
    private static final long CLUSTER = 77;
    private static final DirectBuffer CONFIG = config();
    private static final UnsafeBuffer RECORD = new UnsafeBuffer(new byte[16]);

    private final Applications applications =
            new Applications(List.of(CounterApplication.create(null, null)));
    private long now;

    @TempDir Path directory;

    private static DirectBuffer config() {
        final ExpandableArrayBuffer target = new ExpandableArrayBuffer();
        final int length =
                new SnapshotConfig(
                                new ClusterState(CLUSTER),
                                new CommandDeduplicator(),
                                new ClusterClock(() -> 0, () -> 0))
                        .encode(target, ConfState.ofVoters(1, 2));
        return new UnsafeBuffer(target, 0, length);
    }

    private SnapshotContext context(final String name) {
        return new SnapshotContext()
                .directory(directory.resolve(name))
                .maxSnapshots(1)
                .featureLevel(7)
                .executor(Runnable::run);
    }

    private byte[] taken(final long clusterId, final String section, final int version)
            throws IOException, InterruptedException {
        final SnapshotTaker taker =
                SnapshotTaker.start(
                        context("sender"), true, clusterId, 40, 3, CONFIG, 0, CONFIG.capacity());
        assertTrue(taker.beginSection(section, version));
        assertTrue(taker.offer(RECORD, 0, RECORD.capacity()));
        taker.finish();
        taker.join();
        assertNull(taker.failure());
        return Files.readAllBytes(taker.file());
    }

    private SnapshotDownload receive(final byte[] content) {
        final SnapshotInbox inbox =
                new SnapshotInbox(
                        context("receiver"),
                        () -> CLUSTER,
                        applications,
                        () -> 10,
                        () -> 3,
                        () -> now,
                        new EngineLog(CLUSTER));
        assertEquals(0, inbox.begin(2, 3, 40, 3, content.length));
        assertTrue(inbox.write(0, new UnsafeBuffer(content), 0, content.length));
        return inbox.poll();
    }

    private List<String> held() throws IOException {
        return context("receiver").files().list().stream().sorted().toList();
    }

    /** An older good one, which a new name would push out. */
    private String older() throws IOException {
        final String name = SnapshotNames.of(2, 8);
        Files.createDirectories(directory.resolve("receiver"));
        Files.write(directory.resolve("receiver").resolve(name), new byte[] {1});
        return name;
    }

    @Test
    void shouldNameWhatWasRestored() throws Exception {
        older();
        final SnapshotDownload done = receive(taken(CLUSTER, "counter", 1));
        assertNotNull(done);
        done.close();
        assertEquals(List.of(SnapshotNames.of(3, 40)), held());
    }

    @Test
    void shouldNotNameWhatANewerBuildHasWritten() throws Exception {
        final String older = older();
        final byte[] unknown = taken(CLUSTER, "ledger", 1);
        final String refusal =
                assertThrows(UnknownSectionException.class, () -> receive(unknown)).getMessage();
        assertTrue(refusal.contains("feature level 7, a member of its cluster has 0"), refusal);
        assertEquals(List.of(older), held());
        final byte[] newer = taken(CLUSTER, "counter", 2);
        assertThrows(UnknownSectionException.class, () -> receive(newer));
        assertEquals(List.of(older), held());
    }

    @Test
    void shouldNotNameASnapshotOfAnotherCluster() throws Exception {
        final String older = older();
        assertNull(receive(taken(CLUSTER + 1, "counter", 1)));
        assertEquals(List.of(older), held());
    }
}
