package io.larch.tools.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.EngineContext;
import io.larch.engine.auth.AuthApplication;
import io.larch.engine.codec.AuthCommand;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.disk.Directory;
import io.larch.engine.disk.DiskFile;
import io.larch.engine.disk.LocalDirectory;
import io.larch.engine.keys.KeysApplication;
import io.larch.engine.kv.KvApplication;
import io.larch.engine.loop.EngineBuilder;
import io.larch.engine.loop.EngineParts;
import io.larch.engine.wal.WalProbe;
import io.larch.engine.wal.WalScanner;
import io.larch.tools.backup.BackupException.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.agrona.CloseHelper;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
@Tag("fused-only")
class RestoredMemberTest {
    private static final String CLUSTER = "a=http://127.0.0.1:1001,b=http://127.0.0.1:1002";
    private static final int SEGMENT_BYTES = 1 << 16;

    @TempDir Path directory;

    private Path snapshot;
    private Path dataDir;
    private long keysDigest;
    private long kvDigest;
    private int callsLeft;

    @BeforeEach
    void save() throws IOException {
        dataDir = directory.resolve("new");
        try (LoadedMember old = new LoadedMember(directory.resolve("old")).load()) {
            snapshot = old.save(directory.resolve("snapshot"));
            keysDigest = old.member.store().digest();
            kvDigest = old.member.kv().digest();
        }
        callsLeft = Integer.MAX_VALUE;
    }

    private static Founders founders(final String token) throws BackupException {
        return Founders.of("b", CLUSTER, token, "");
    }

    private RestoredMember member() throws BackupException {
        return founders("new").member(dataDir).walSegmentBytes(SEGMENT_BYTES);
    }

    /** What a member finds that starts with the directory. */
    private void assertRestored() throws BackupException {
        final EngineContext context =
                LoadedMember.context(dataDir.resolve("member"))
                        .name("b")
                        // The directory knows better.
                        .memberId(1)
                        .clusterId(1)
                        .conclude();
        final EngineParts parts = new EngineBuilder(context, () -> {}, false).recover();
        try {
            final KeysApplication keys =
                    (KeysApplication) parts.applications().of(KeysCommand.DOMAIN);
            final KvApplication kv = (KvApplication) parts.applications().of(KvCommand.DOMAIN);
            final AuthApplication auth =
                    (AuthApplication) parts.applications().of(AuthCommand.DOMAIN);
            assertEquals(keysDigest, keys.store().digest());
            assertEquals(kvDigest, kv.digest());
            assertEquals("hash", auth.view().user("u1").passwordHash());
            assertEquals(2, parts.raft().conf().voters().length);
            assertEquals(founders("new").memberId(), Long.toHexString(context.memberId()));
            assertEquals(founders("new").clusterId(), Long.toHexString(context.clusterId()));
            assertTrue(parts.raft().conf().isVoter(context.memberId()));
        } finally {
            CloseHelper.closeAll(parts.applications(), parts.wal());
        }
    }

    @Test
    void shouldBeginANewClusterWithAllThatTheSnapshotHolds() throws Exception {
        member().restore(snapshot, false);

        assertRestored();

        final SnapshotSummary before = SnapshotSummary.of(snapshot);
        final SnapshotSummary after = SnapshotSummary.of(onlyFile(dataDir.resolve("member/snap")));
        assertEquals(before.index(), after.index());
        assertEquals(before.term(), after.term());
        assertEquals(List.of("a", "b"), names(after));
        assertEquals(List.of("old"), names(before));
    }

    private static Path onlyFile(final Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.findAny().orElseThrow();
        }
    }

    private static List<String> names(final SnapshotSummary summary) {
        return summary.members().stream().map(SnapshotSummary.Member::name).sorted().toList();
    }

    @Test
    void shouldTakeWhatTheNewMembersWrite() throws Exception {
        Founders.of("a", "a=http://127.0.0.1:1001", "new", "")
                .member(dataDir)
                .restore(snapshot, false);
        try (LoadedMember alone = new LoadedMember(dataDir.resolve("member"))) {
            alone.more();
            assertEquals("more", alone.get("/more"));
        }
    }

    @Test
    void shouldTellWhatASnapshotHolds() throws Exception {
        final SnapshotSummary summary = SnapshotSummary.of(snapshot);
        assertEquals("c1", summary.clusterId());
        assertEquals(3, summary.keys());
        assertEquals(1, summary.directories());
        assertEquals(2, summary.kvKeys());
        assertEquals(6, summary.revision());
        assertEquals(1, summary.leases());
        assertEquals(1, summary.users());
        assertFalse(summary.isAuthEnabled());
        assertEquals(Files.size(snapshot), summary.length());
    }

    @Test
    void shouldRefuseASnapshotThatIsDamagedAnywhere() throws Exception {
        final byte[] whole = Files.readAllBytes(snapshot);
        for (int at = 0; at < whole.length; at += 1 + at / 50) {
            final byte[] damaged = whole.clone();
            damaged[at] ^= 1;
            assertDamaged(damaged, at);
        }
        for (int length = 0; length < whole.length; length += 1 + length / 20) {
            assertDamaged(Arrays.copyOf(whole, length), length);
        }
        assertFalse(Files.exists(dataDir));
    }

    private void assertDamaged(final byte[] bytes, final int at) throws Exception {
        final Path file = Files.write(directory.resolve("damaged"), bytes);
        final BackupException e =
                assertThrows(BackupException.class, () -> member().restore(file, false));
        assertEquals(Kind.DAMAGED, e.kind(), () -> at + ": " + e.getMessage());
        assertTrue(e.getMessage().contains("damaged at offset "), e.getMessage());
        final long told = Long.parseLong(e.getMessage().replaceAll(".*at offset (\\d+):.*", "$1"));
        assertTrue(told <= at, () -> at + ": " + e.getMessage());
    }

    @Test
    void shouldOverwriteNothing() throws Exception {
        Files.createDirectories(dataDir);
        final Path own = Files.writeString(dataDir.resolve("notes"), "mine");
        final BackupException e =
                assertThrows(BackupException.class, () -> member().restore(snapshot, false));
        assertEquals(Kind.FILES, e.kind());
        assertTrue(e.getMessage().contains("is not empty; --force"), e.getMessage());
        assertEquals("mine", Files.readString(own));
        assertEquals(List.of("notes"), files());
    }

    private List<String> files() throws IOException {
        return Files.exists(dataDir) ? new LocalDirectory(dataDir).list() : List.of();
    }

    @Test
    void shouldReplaceAMemberWhenForced() throws Exception {
        Files.createDirectories(dataDir.resolve("member/snap"));
        Files.createDirectories(dataDir.resolve("member.replaced/snap"));
        member().restore(snapshot, true);
        assertRestored();
        assertEquals(List.of("member"), files());
    }

    @Test
    void shouldNotReplaceAMemberThatRuns() throws Exception {
        member().restore(snapshot, false);
        final Closeable running = new LocalDirectory(dataDir.resolve("member/wal")).lock();
        try {
            final BackupException e =
                    assertThrows(BackupException.class, () -> member().restore(snapshot, true));
            assertEquals(Kind.FILES, e.kind());
            assertTrue(e.getMessage().contains("data directory is"), e.getMessage());
        } finally {
            running.close();
        }
        assertRestored();
    }

    @Test
    void shouldRefuseToMakeTheOldClusterOnceMore() throws Exception {
        member().restore(snapshot, false);
        final Path again = onlyFile(dataDir.resolve("member/snap"));
        dataDir = directory.resolve("again");
        final BackupException e =
                assertThrows(BackupException.class, () -> member().restore(again, false));
        assertEquals(Kind.REFUSED, e.kind());
        assertTrue(e.getMessage().contains("another --initial-cluster-token"), e.getMessage());
    }

    @Test
    void shouldSayWhatIsWrongWithTheFlags() {
        assertRefused("c", CLUSTER, "", "couldn't find local name \"c\"");
        assertRefused("a", "a=http://127.0.0.1:1,b=http://127.0.0.1:1", "", "duplicate url");
        assertRefused("a", CLUSTER, "http://127.0.0.1:9", "--initial-advertise-peer-urls");
        assertRefused("a", "a=nowhere", "", "nowhere");
    }

    private static void assertRefused(
            final String name, final String cluster, final String advertised, final String why) {
        final BackupException e =
                assertThrows(
                        BackupException.class, () -> Founders.of(name, cluster, "t", advertised));
        assertEquals(Kind.REFUSED, e.kind());
        assertTrue(e.getMessage().contains(why), e.getMessage());
    }

    // --- interruption ---

    /** The machine stops at one call of the disk after the other; the next attempt succeeds. */
    @Test
    void shouldBeRepeatableWhereverItWasInterrupted() throws Exception {
        int interruptions = 0;
        boolean isDone = false;
        while (!isDone) {
            callsLeft = interruptions;
            try {
                interruptible(this::stopping).restore(snapshot, false);
                isDone = true;
            } catch (final Stop e) {
                interruptions++;
            }
            callsLeft = Integer.MAX_VALUE;
            if (!files().contains("member")) {
                member().restore(snapshot, false);
            }
            assertWhole();
            if (!isDone) {
                removeAll();
            }
        }
        assertRestored();
        assertTrue(interruptions > 20, "interruptions: " + interruptions);
    }

    /** A disk on which one call after the other fails: it is told, and nothing counts as done. */
    @Test
    void shouldTellOfEachFailureOfTheDisk() throws Exception {
        int failures = 0;
        boolean isDone = false;
        while (!isDone) {
            callsLeft = failures;
            try {
                interruptible(this::failing).restore(snapshot, false);
                isDone = true;
            } catch (final BackupException e) {
                assertEquals(Kind.FILES, e.kind(), e.getMessage());
                assertTrue(e.getMessage().contains("No space left on device"), e.getMessage());
                failures++;
            }
            callsLeft = Integer.MAX_VALUE;
            if (!files().contains("member")) {
                member().restore(snapshot, false);
            }
            assertWhole();
            if (!isDone) {
                removeAll();
            }
        }
        assertRestored();
        assertTrue(failures > 20, "failures: " + failures);
    }

    /** That a member starts with it is looked at once, at the end. */
    private void assertWhole() throws IOException {
        assertEquals(List.of("member"), files());
        final Path snap = onlyFile(dataDir.resolve("member/snap"));
        assertEquals(List.of("a", "b"), names(SnapshotSummary.of(snap)));
        assertTrue(WalProbe.knowsCommit(onlySegment(dataDir.resolve("member/wal"))));
    }

    private static Path onlySegment(final Path wal) {
        final List<Path> segments = WalScanner.segments(wal);
        assertEquals(1, segments.size());
        return segments.get(0);
    }

    private RestoredMember interruptible(final Function<Object, Object> wrapper)
            throws BackupException {
        final long self = Long.parseUnsignedLong(founders("new").memberId(), 16);
        return new RestoredMember(
                        dataDir,
                        founders("new").members(),
                        self,
                        path -> (Directory) wrapper.apply(new LocalDirectory(path)))
                .walSegmentBytes(SEGMENT_BYTES);
    }

    private Object stopping(final Object real) {
        return wrapped(
                real,
                () -> {
                    throw new Stop();
                });
    }

    private Object failing(final Object real) {
        return wrapped(
                real,
                () -> {
                    throw new IOException("No space left on device");
                });
    }

    private interface Trouble {
        void happen() throws IOException;
    }

    /** Counts calls of a directory and of its files, and has trouble from one on. */
    private Object wrapped(final Object real, final Trouble trouble) {
        final Class<?> type = real instanceof Directory ? Directory.class : DiskFile.class;
        return Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> {
                    final boolean isHarmless =
                            List.of("close", "describe", "unmap", "isNoRoom", "usableBytes")
                                    .contains(method.getName());
                    if (!isHarmless && callsLeft-- <= 0) {
                        trouble.happen();
                    }
                    try {
                        final Object result = method.invoke(real, arguments);
                        return result instanceof DiskFile ? wrapped(result, trouble) : result;
                    } catch (final InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** The machine stops. */
    private static final class Stop extends Error {
        private static final long serialVersionUID = 1L;
    }

    private void removeAll() throws IOException {
        try (Stream<Path> all = Files.walk(dataDir)) {
            all.sorted(Comparator.reverseOrder())
                    .forEach(
                            path -> {
                                try {
                                    Files.delete(path);
                                } catch (final IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            });
        }
    }
}
