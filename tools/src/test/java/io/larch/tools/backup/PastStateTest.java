package io.larch.tools.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.EngineContext;
import io.larch.engine.Replay;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.keys.KeysApplication;
import io.larch.engine.kv.KvApplication;
import io.larch.engine.raft.EntryKind;
import io.larch.engine.wal.WalContext;
import io.larch.engine.wal.WalScanner;
import io.larch.engine.wal.WriteAheadLog;
import io.larch.tools.backup.ArchivedMember.Step;
import io.larch.tools.backup.BackupException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.agrona.IoUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A state of the past is the one that the member had, or is not made. */
@Tag("slow")
@Tag("fused-only")
class PastStateTest {
    @TempDir static Path once;
    private static ArchivedMember member;

    @TempDir Path directory;

    private String token = "new";
    private final List<String> remarks = new ArrayList<>();

    /** A copy of the archive, to be damaged. */
    private Path archive;

    private Path target;

    @BeforeAll
    static void live() throws IOException {
        member = ArchivedMember.live(once);
    }

    @BeforeEach
    void copy() throws IOException {
        archive = copy(member.archive, directory.resolve("c1-a1"));
        target = directory.resolve("new");
    }

    private static Path copy(final Path from, final Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (final Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
        return to;
    }

    private void restore(final Moment moment, final Path... from) throws BackupException {
        try (PastState past = PastState.open(List.of(from), moment, remarks::add)) {
            Founders.of("a", "a=http://127.0.0.1:1001", token, "")
                    .member(target)
                    .restore(past, false);
        }
    }

    private BackupException refused(final Moment moment, final Path... from) throws IOException {
        final BackupException e = assertThrows(BackupException.class, () -> restore(moment, from));
        assertFalse(Files.exists(target.resolve("member")));
        return e;
    }

    /** Restores, looks, and forgets. */
    private void assertRestores(
            final Step expected, final boolean areBoth, final Moment moment, final Path... from)
            throws IOException {
        restore(moment, from);
        assertEquals(List.of("member"), names(target));
        assertEquals(List.of("snap", "wal"), names(target.resolve("member")));
        final EngineContext context =
                LoadedMember.context(target.resolve("member")).memberId(1).clusterId(1);
        try (Replay state = Replay.open(context)) {
            final KeysApplication keys = (KeysApplication) state.application(KeysCommand.DOMAIN);
            final KvApplication kv = (KvApplication) state.application(KvCommand.DOMAIN);
            if (areBoth || moment.by() == Moment.By.REVISION) {
                assertEquals(expected.point().revision(), state.revision(), moment::toString);
                assertEquals(expected.kvDigest(), kv.digest(), moment::toString);
            }
            if (areBoth || moment.by() != Moment.By.REVISION) {
                assertEquals(expected.point().storeIndex(), state.storeIndex(), moment::toString);
                assertEquals(expected.keysDigest(), keys.store().digest(), moment::toString);
            }
        }
        MemberDirectory.removeTree(target);
    }

    private static List<String> names(final Path directory) throws IOException {
        return ArchivedMember.files(directory).stream()
                .map(path -> path.getFileName().toString())
                .toList();
    }

    private static Moment index(final Step step) {
        return new Moment(Moment.By.STORE_INDEX, step.point().storeIndex());
    }

    private static Moment raftIndex(final long index) {
        return new Moment(Moment.By.RAFT_INDEX, index);
    }

    private Step step(final int number) {
        return member.steps.get(number);
    }

    /** The last that is in complete segments for sure. */
    private Step newest() {
        final long end = WalScanner.firstIndex(last(member.segments()));
        return member.steps.stream()
                .filter(step -> step.point().raftIndex() < end - 5)
                .reduce((a, b) -> b)
                .orElseThrow();
    }

    private static <T> T last(final List<T> all) {
        return all.get(all.size() - 1);
    }

    @Test
    void shouldMakeEachStateThatTheMemberHadByWhateverItIsCounted() throws Exception {
        assertTrue(member.segments().size() > 4, member.segments()::toString);
        assertTrue(member.snapshots().size() > 4, member.snapshots()::toString);
        final int last = member.steps.indexOf(newest());
        for (int i = 0; i <= last; i += 7) {
            final Step step = step(i);
            assertRestores(step, true, index(step), archive);
            assertRestores(step, true, raftIndex(step.point().raftIndex()), archive);
            assertRestores(
                    step, true, new Moment(Moment.By.TIME, step.point().timeNanos() + 9), archive);
            assertRestores(
                    step, false, new Moment(Moment.By.REVISION, step.point().revision()), archive);
        }
        assertEquals(List.of(), remarks);
    }

    @Test
    void shouldMakeTheNewestStateOutOfArchiveAndDataDirectory() throws Exception {
        assertRestores(last(member.steps), true, Moment.NEWEST, archive, member.data);
        assertRestores(last(member.steps), true, Moment.NEWEST, member.data);
        final Step first = step(0);
        assertRestores(first, true, index(first), archive.getParent(), member.data);
        assertEquals(List.of(), remarks);
    }

    /** As of a young member, no segment of which is complete. */
    @Test
    void shouldTakeAnArchiveThatHasNothingBeyondTheDataDirectory() throws Exception {
        final Path still = member.data.resolve("member/snap");
        for (final Path file : ArchivedMember.files(archive)) {
            if (!Files.exists(still.resolve(file.getFileName()))) {
                Files.delete(file);
            }
        }
        assertFalse(ArchivedMember.files(archive).isEmpty());
        assertRestores(last(member.steps), true, Moment.NEWEST, member.data, archive);
        assertRestores(last(member.steps), true, Moment.NEWEST, archive, member.data);
    }

    @Test
    void shouldMakeAllStatesWithoutAnySnapshot() throws Exception {
        for (final Path snapshot : member.snapshots()) {
            Files.delete(archive.resolve(snapshot.getFileName()));
        }
        final Step step = newest();
        assertRestores(step, true, index(step), archive);
    }

    @Test
    void shouldNotGoBeyondWhatIsThere() throws Exception {
        final Step beyond = last(member.steps);
        BackupException e = refused(index(beyond), archive);
        assertEquals(Kind.NOT_THERE, e.kind(), e.getMessage());
        assertTrue(e.getMessage().contains("the log ends in " + archive), e.getMessage());
        assertTrue(e.getMessage().contains("reaches to Raft's index "), e.getMessage());
        e = refused(Moment.time("2033-01-01T00:00:00Z"), archive, member.data);
        assertEquals(Kind.NOT_THERE, e.kind(), e.getMessage());
    }

    @Test
    void shouldSayWhereItBegins() throws Exception {
        for (final Path segment : member.segments().subList(0, 3)) {
            Files.delete(archive.resolve(segment.getFileName()));
        }
        Files.delete(archive.resolve(member.snapshots().get(0).getFileName()));
        final BackupException e = refused(index(step(0)), archive);
        assertEquals(Kind.NOT_THERE, e.kind(), e.getMessage());
        assertTrue(
                e.getMessage().startsWith(index(step(0)) + " is in front of all that is there"),
                e.getMessage());
        assertTrue(e.getMessage().contains("the first snapshot is " + archive), e.getMessage());
    }

    /** Segments that no snapshot jumps over: the entry in front of the third's end is wanted. */
    private Path removeSnapshotsAndSegment(final int number) throws IOException {
        for (final Path snapshot : member.snapshots()) {
            Files.delete(archive.resolve(snapshot.getFileName()));
        }
        final Path segment = archive.resolve(member.segments().get(number).getFileName());
        Files.delete(segment);
        return segment;
    }

    /** Room for two copies of a snapshot is what it asks for, not for three. */
    @Test
    void shouldLetGoOfTheFirstWalkBeforeTheSecond() throws Exception {
        final Path scratch = Files.createDirectory(directory.resolve("scratch"));
        final Step step = newest();
        try (PastState past = PastState.open(List.of(archive), index(step), remarks::add)) {
            assertTrue(past.make(scratch).startsWith(scratch.resolve("second")));
        }
        assertEquals(List.of("second"), names(scratch));
    }

    @Test
    void shouldNotCrossAGap() throws Exception {
        final Path missing = removeSnapshotsAndSegment(2);
        final long gap = WalScanner.firstIndex(missing);
        final BackupException e = refused(raftIndex(gap + 1), archive);
        assertEquals(Kind.NOT_THERE, e.kind(), e.getMessage());
        assertTrue(e.getMessage().contains("the log has a gap: "), e.getMessage());
        assertTrue(
                e.getMessage().contains(member.segments().get(3).getFileName().toString()),
                e.getMessage());
        restore(raftIndex(gap - 5), archive);
    }

    @Test
    void shouldJumpOverAGapThatASnapshotCovers() throws Exception {
        Files.delete(archive.resolve(member.segments().get(0).getFileName()));
        final Step step = newest();
        assertRestores(step, true, index(step), archive);
    }

    private static void flip(final Path file, final long offset) throws IOException {
        final byte[] bytes = Files.readAllBytes(file);
        bytes[(int) offset] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void shouldNotCrossDamage() throws Exception {
        removeSnapshotsAndSegment(member.segments().size() - 1);
        final Path damaged = archive.resolve(member.segments().get(2).getFileName());
        flip(damaged, 20_000);
        final long next = WalScanner.firstIndex(member.segments().get(3));
        BackupException e = refused(raftIndex(next), archive);
        assertEquals(Kind.DAMAGED, e.kind(), e.getMessage());
        assertTrue(e.getMessage().contains(damaged + ": damaged at offset 1"), e.getMessage());

        e = refused(Moment.NEWEST, archive);
        assertEquals(Kind.DAMAGED, e.kind(), e.getMessage());
        restore(raftIndex(WalScanner.firstIndex(damaged)), archive);
    }

    /** Writes of v3 do not count there. */
    @Test
    void shouldTellThatTheLogIsBrokenOffAtTheVeryIndex() throws Exception {
        for (final Path segment : member.segments()) {
            final Path copy = archive.resolve(segment.getFileName());
            Files.write(copy, new byte[0]);
        }
        final BaseSnapshot first =
                BaseSnapshot.of(archive.resolve(member.snapshots().get(0).getFileName()));
        restore(new Moment(Moment.By.STORE_INDEX, first.point().storeIndex()), archive);
        assertEquals(1, remarks.size(), remarks::toString);
        assertTrue(remarks.get(0).endsWith(" has behind that place is left out"), remarks.get(0));
    }

    @Test
    void shouldNotTakeASegmentThatWasCutForAWholeOne() throws Exception {
        removeSnapshotsAndSegment(member.segments().size() - 1);
        final Path cut = archive.resolve(member.segments().get(2).getFileName());
        Files.write(cut, Arrays.copyOf(Files.readAllBytes(cut), 30_000));
        final BackupException e =
                refused(raftIndex(WalScanner.firstIndex(member.segments().get(3))), archive);
        assertEquals(Kind.DAMAGED, e.kind(), e.getMessage());
        assertTrue(e.getMessage().contains(cut.toString()), e.getMessage());
    }

    @Test
    void shouldPassOverADamagedSnapshotAsLongAsTheLogReachesBack() throws Exception {
        final Step step = newest();
        for (final Path snapshot : member.snapshots()) {
            final Path copy = archive.resolve(snapshot.getFileName());
            flip(copy, Files.size(copy) / 2);
        }
        assertRestores(step, true, index(step), archive);
        assertFalse(remarks.isEmpty());
        assertTrue(remarks.get(0).contains("damaged at offset "), remarks.get(0));
        Files.delete(archive.resolve(member.segments().get(0).getFileName()));
        assertEquals(Kind.DAMAGED, refused(index(step), archive).kind());
    }

    /** As a copy by hand may leave them. */
    @Test
    void shouldPassOverASnapshotUnderAnothersName() throws Exception {
        final List<Path> snapshots = member.snapshots();
        final Path wrong = archive.resolve(last(snapshots).getFileName());
        Files.delete(wrong);
        Files.copy(snapshots.get(0), wrong);
        final Step step = newest();
        assertRestores(step, true, index(step), archive);
        restore(Moment.NEWEST, archive);
        assertTrue(
                remarks.stream().anyMatch(line -> line.startsWith(wrong + ": holds the snapshot")),
                remarks::toString);
    }

    @Test
    void shouldNameWhatIsNoFile() throws Exception {
        removeSnapshotsAndSegment(member.segments().size() - 1);
        for (final int number : List.of(2, 0)) {
            final Path segment = archive.resolve(member.segments().get(number).getFileName());
            Files.delete(segment);
            Files.createDirectory(segment);
            final BackupException e = refused(Moment.NEWEST, archive);
            assertEquals(Kind.FILES, e.kind(), e.getMessage());
            assertEquals(segment + ": is no file", e.getMessage());
        }
    }

    @Test
    void shouldNotMixClusters() throws Exception {
        final Step step = newest();
        restore(index(step), archive);
        final Path other = Files.move(target, directory.resolve("other"));
        token = "newer";
        final Path snapshot = ArchivedMember.files(other.resolve("member/snap")).get(0);
        for (final Path own : member.snapshots()) {
            Files.delete(archive.resolve(own.getFileName()));
        }
        Files.move(snapshot, archive.resolve(snapshot.getFileName()));
        BackupException e = refused(index(step), archive);
        assertEquals(Kind.REFUSED, e.kind(), e.getMessage());
        assertTrue(
                e.getMessage().contains(" is of cluster c1, and the snapshot of "), e::getMessage);

        e = refused(index(step), archive, other);
        assertEquals(Kind.REFUSED, e.kind(), e.getMessage());
        assertTrue(e.getMessage().contains("are not of the same log"), e.getMessage());
    }

    @Test
    void shouldNotReadTheLogOfAMemberThatRuns() throws Exception {
        final Path data = directory.resolve("data");
        try (LoadedMember running = new LoadedMember(data.resolve("member")).load()) {
            final BackupException e = refused(Moment.NEWEST, data);
            assertEquals(Kind.FILES, e.kind(), e.getMessage());
            assertTrue(e.getMessage().endsWith("only its archive can be read"), e.getMessage());
            running.more();
        }
        restore(Moment.NEWEST, data);
    }

    /** What a member had not heard to be committed when it ended may have been taken back. */
    @Test
    void shouldTellWhatItLeavesOut() throws Exception {
        final Path data = directory.resolve("data");
        new LoadedMember(data.resolve("member")).load().close();
        restore(Moment.NEWEST, data);
        assertEquals(List.of(), remarks);

        try (WriteAheadLog log =
                WriteAheadLog.open(new WalContext().directory(data.resolve("member/wal")))) {
            final UnsafeBuffer nothing = new UnsafeBuffer(new byte[0]);
            log.append(log.term(log.lastIndex()), EntryKind.NOOP, nothing, 0, 0);
            log.sync();
        }
        IoUtil.delete(target.toFile(), false);
        restore(Moment.NEWEST, data);
        assertEquals(1, remarks.size(), remarks::toString);
        assertTrue(
                remarks.get(0)
                        .endsWith(
                                "the last known as committed; what is behind that one is left out"),
                remarks::toString);
    }

    @Test
    void shouldWantOneMemberOfAnArchive() throws Exception {
        copy(archive, directory.resolve("c1-a2"));
        final BackupException e = refused(Moment.NEWEST, directory);
        assertEquals(Kind.REFUSED, e.kind(), e.getMessage());
        assertTrue(e.getMessage().endsWith("c1-a1, c1-a2"), e.getMessage());
    }

    /** The member wrote it down before the segment was complete. */
    @Test
    void shouldTakeTheBeginningOfASegmentThatIsNotThereAsAWhole() throws Exception {
        final Path last = last(member.segments());
        final Path tail = archive.resolve(last.getFileName() + ".tail");
        Files.move(archive.resolve(last.getFileName()), tail);
        final Step step =
                member.steps.stream()
                        .filter(each -> each.point().raftIndex() >= WalScanner.firstIndex(last))
                        .findFirst()
                        .orElseThrow();
        assertRestores(step, true, index(step), archive);
        // Of two the whole one counts.
        Files.write(tail, new byte[0]);
        Files.copy(last, archive.resolve(last.getFileName()));
        assertRestores(step, true, index(step), archive);
    }

    @Test
    void shouldNotMixMembersOfOneCluster() throws Exception {
        final Path data = directory.resolve("data");
        try (LoadedMember other =
                new LoadedMember(data.resolve("member"), context -> context.memberId(0xA2))) {
            other.load();
        }
        final BackupException e = refused(Moment.NEWEST, archive, data);
        assertEquals(Kind.REFUSED, e.kind(), e.getMessage());
        assertTrue(
                e.getMessage()
                        .endsWith("these are not of the same log: give the files of one member"),
                e.getMessage());
        assertTrue(e.getMessage().contains("of member a2 of cluster c1"), e.getMessage());
    }

    @Test
    void shouldSayThatThereIsNothing() throws Exception {
        BackupException e = refused(Moment.NEWEST, directory.resolve("none"));
        assertEquals(Kind.FILES, e.kind(), e.getMessage());
        assertTrue(e.getMessage().endsWith("is not there"), e.getMessage());
        e = refused(Moment.NEWEST, Files.createDirectory(directory.resolve("empty")));
        assertEquals(Kind.FILES, e.kind(), e.getMessage());
    }

    @Test
    void shouldOverwriteNothing() throws Exception {
        Files.createDirectories(target);
        Files.writeString(target.resolve("notes"), "mine");
        final BackupException e = refused(index(step(0)), archive);
        assertEquals(Kind.FILES, e.kind(), e.getMessage());
        assertEquals(List.of("notes"), names(target));
    }

    @Test
    void shouldReadTimes() throws BackupException {
        final long nanos = 1_700_000_000_500_000_000L;
        for (final String text :
                List.of(
                        "1700000000.5",
                        "2023-11-14T22:13:20.5Z",
                        "2023-11-14T23:13:20.500+01:00",
                        "2023-11-14 22:13:20.5Z")) {
            assertEquals(nanos, Moment.time(text).value(), text);
        }
        for (final String text : List.of("yesterday", "2023-11-14", "2023-11-14T22:13:20", "-1")) {
            assertEquals(
                    Kind.REFUSED,
                    assertThrows(BackupException.class, () -> Moment.time(text)).kind());
        }
        assertEquals("2023-11-14T22:13:20.500Z", Moment.time("1700000000.5").toString());
    }
}
