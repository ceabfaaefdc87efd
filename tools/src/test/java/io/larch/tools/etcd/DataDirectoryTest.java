package io.larch.tools.etcd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.etcd.EtcdFilesException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs that are hard to come by. */
class DataDirectoryTest {
    private static final String FIRST = "{\"id\":1,\"peerURLs\":[\"http://a:1\"],\"name\":\"one\"}";
    private static final String SECOND = "{\"id\":2,\"peerURLs\":[\"http://b:1\"],\"name\":\"\"}";
    private static final byte[] NOTHING = new byte[0];

    @TempDir private Path directory;

    private final List<String> told = new ArrayList<>();

    private StoredTree read(final boolean isWhole) throws EtcdFilesException {
        return new DataDirectory(directory, null).read(isWhole, told::add).tree();
    }

    private StoredTree read(final LogFile log) throws IOException {
        log.write(directory, 0, 0);
        return read(false);
    }

    private String refusal(final Kind kind, final LogFile log) throws IOException {
        log.write(directory, 0, 0);
        final EtcdFilesException refusal =
                assertThrows(EtcdFilesException.class, () -> read(false));
        assertEquals(kind, refusal.kind());
        return refusal.getMessage().replace(directory.toString(), "DIR");
    }

    private static String value(final StoredTree tree, final String path) {
        final StoredNode node = tree.find("/1" + path);
        return node == null ? null : node.value();
    }

    private static LogFile log() {
        return new LogFile().snapshot(0, 0);
    }

    @Test
    void shouldTakeOnlyWhatIsCommittedUnlessToldOtherwise() throws IOException {
        final LogFile log =
                log().put(1, 1, "/1/a", "1")
                        .commit(1)
                        .put(1, 2, "/1/a", "2")
                        .put(1, 3, "/1/b", "2");

        assertEquals("1", value(read(log), "/a"));
        assertTrue(told.get(2).startsWith("2 writes behind these are LEFT OUT"), told::toString);
        told.clear();
        final StoredTree whole = read(true);
        assertEquals("2", value(whole, "/a"));
        assertEquals("2", value(whole, "/b"));
        assertEquals(2, told.size(), told::toString);
    }

    @Test
    void shouldTakeWhatCameInPlaceOfEntriesThatWereNeverCommitted() throws IOException {
        final StoredTree tree =
                read(
                        log().put(1, 1, "/1/a", "1")
                                .put(1, 2, "/1/lost", "2")
                                .put(1, 3, "/1/lost", "3")
                                .put(2, 2, "/1/b", "2")
                                .commit(2));

        assertEquals("2", value(tree, "/b"));
        assertNull(tree.find("/1/lost"));
        assertEquals(2, tree.index());
    }

    @Test
    void shouldRefuseALogInWhichEntriesAreMissing() throws IOException {
        assertEquals(
                "DIR/member/wal/0000000000000000-0000000000000000.wal at offset 136: entry 3 follows"
                        + " on entry 1, what is between is missing",
                refusal(Kind.DAMAGED, log().put(1, 1, "/1/a", "1").put(1, 3, "/1/a", "3")));
        assertEquals(
                "DIR/member/wal ends with entry 1, but entries up to 2 are committed; the rest is"
                        + " missing",
                refusal(Kind.DAMAGED, log().put(1, 1, "/1/a", "1").commit(2)));
        assertTrue(
                refusal(Kind.DAMAGED, log().put(1, 1, "/1/a", "1").commit(1).put(2, 1, "/1/a", "2"))
                        .endsWith("entry 1 comes again, but 1 are committed"));
    }

    @Test
    void shouldReadFilesOfOneLogOnly() throws IOException {
        final LogFile first = log().put(1, 1, "/1/a", "1").commit(1);
        first.write(directory, 0, 0);
        new LogFile(first.checksum()).put(1, 2, "/1/a", "2").commit(2).write(directory, 1, 2);
        assertEquals("2", value(read(false), "/a"));

        new LogFile(first.checksum() + 1).put(1, 2, "/1/a", "2").write(directory, 1, 2);
        assertTrue(
                assertThrows(EtcdFilesException.class, () -> read(false))
                        .getMessage()
                        .contains("at offset 0: the file goes on from the checksum "));

        new LogFile(first.checksum()).metadata(1, 7).write(directory, 1, 2);
        assertTrue(
                assertThrows(EtcdFilesException.class, () -> read(false))
                        .getMessage()
                        .endsWith(
                                "this is of member 1 of cluster 7, and what was before of member"
                                        + " 1 of c1"));
    }

    @Test
    void shouldNotTakeTheEndOfAFileThatIsNotTheLastForACrash() throws IOException {
        final LogFile first = log().put(1, 1, "/1/a", "1").commit(1);
        first.write(directory, 0, 0);
        final Path file = directory.resolve("member/wal/0000000000000000-0000000000000000.wal");
        final byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 3));
        new LogFile(first.checksum()).write(directory, 1, 2);

        final EtcdFilesException refusal =
                assertThrows(EtcdFilesException.class, () -> read(false));
        assertTrue(refusal.getMessage().contains("the file ends within a record"));
    }

    @Test
    void shouldReadRecordsWithoutPadding() throws IOException {
        final StoredTree tree =
                read(LogFile.unpadded().snapshot(0, 0).put(1, 1, "/1/abc", "1").commit(1));

        assertEquals("1", value(tree, "/abc"));
    }

    @Test
    void shouldTellRequestsOfBothApisApart() throws IOException {
        final byte[] put = new Message().text(1, "key").text(2, "value").toBytes();
        final byte[] wrapped = Message.request("PUT", "/1/wrapped", "1").toBytes();
        final StoredTree tree =
                read(
                        log().entry(1, 1, NOTHING)
                                .entry(1, 2, new Message().number(1, 7).bytes(4, put).toBytes())
                                .entry(1, 3, new Message().bytes(2, wrapped).toBytes())
                                .put(1, 4, "/1/bare", "2")
                                .entry(1, 5, Message.request("QGET", "/1/bare", "").toBytes())
                                .entry(1, 6, Message.request("WHAT", "/1/bare", "").toBytes())
                                .commit(6));

        assertEquals("1", value(tree, "/wrapped"));
        assertEquals("2", value(tree, "/bare"));
        assertEquals(2, tree.index());
    }

    @Test
    void shouldRefuseEntriesOfALaterEtcd() throws IOException {
        final byte[] version = new Message().number(1, 7).bytes(1300, NOTHING).toBytes();
        assertTrue(
                refusal(Kind.UNKNOWN, log().entry(1, 1, version).commit(1))
                        .endsWith(
                                "entry 1 is of an etcd later than 3.5; start that etcd, and import"
                                        + " from it, or take its v3 keys alone by --api v3"));
        refusal(Kind.UNKNOWN, log().entry(2, 1, 1, NOTHING).commit(1));
        refusal(Kind.DAMAGED, log().entry(1, 1, new byte[] {1, 2, 3, 4}).commit(1));
    }

    /** As etcd 3.5 writes one down that was asked to make room for 3.4. */
    @Test
    void shouldPassOverADowngrade() throws IOException {
        final byte[] downgrade = new Message().bytes(1302, NOTHING).bytes(100, NOTHING).toBytes();
        final StoredTree tree = read(log().entry(1, 1, downgrade).put(1, 2, "/1/a", "1").commit(2));

        assertEquals(1, tree.find("/1/a").modifiedIndex());
    }

    /** etcd 3.5 answers a change of a directory with an error, where others change its TTL. */
    @Test
    void shouldChangeDirectoriesOnlyWhereTheClusterDoes() throws IOException {
        final long start = 2_000_000_000_000_000_000L;
        for (final String version : List.of("2.3.0", "3.4.0", "3.5.0", "3.10.0")) {
            final StoredTree tree =
                    read(
                            log().put(1, 1, "/0/version", version)
                                    .put(1, 2, "/1/dir/a", "1")
                                    .entry(1, 3, update("/1/dir", "", start))
                                    .entry(1, 4, update("/1/dir/a", "2", start))
                                    .commit(4));

            final boolean isChanged = version.startsWith("2") || version.equals("3.4.0");
            assertEquals(
                    isChanged ? start : StoredNode.NEVER,
                    tree.find("/1/dir").expirationNanos(),
                    version);
            assertEquals(isChanged ? 4 : 3, tree.index(), version);
            assertEquals("2", value(tree, "/dir/a"), version);
        }
    }

    private static byte[] update(
            final String path, final String value, final long expirationNanos) {
        return Message.request("PUT", path, value)
                .number(8, 1)
                .number(9, expirationNanos)
                .toBytes();
    }

    @Test
    void shouldCountIndexesOfMembersAsEtcdDoes() throws IOException {
        final StoredTree tree =
                read(
                        log().change(1, 0, 1, FIRST)
                                // The same again, one with its URL, and nobody: refused.
                                .change(2, 0, 1, FIRST)
                                .change(3, 0, 3, FIRST)
                                .change(4, 1, 9, "")
                                .change(5, 0, 2, SECOND)
                                .change(6, 2, 2, FIRST.replace("\"id\":1", "\"id\":2"))
                                .change(7, 2, 2, SECOND.replace("b:1", "b:2"))
                                .put(1, 8, "/0/members/2/attributes", "{}")
                                .change(9, 1, 2, "")
                                // Of a member that has gone, and its number once more.
                                .put(1, 10, "/0/members/2/attributes", "{}")
                                .change(11, 0, 2, SECOND)
                                .put(1, 12, "/1/a", "1")
                                .commit(12));

        assertEquals(1 + 1 + 1 + 1 + 2 + 1, tree.index());
        assertEquals(tree.index(), tree.find("/1/a").modifiedIndex());
    }

    @Test
    void shouldCountLearners() throws IOException {
        final String learner = SECOND.replace("}", ",\"isLearner\":true}");
        final String promoted = learner.replace("}", ",\"isPromote\":true}");
        final StoredTree tree =
                read(
                        log().change(1, 0, 1, FIRST)
                                .change(2, 3, 2, learner)
                                .change(3, 3, 4, learner.replace("b:1", "d:1"))
                                .change(4, 0, 2, promoted)
                                .change(5, 0, 2, promoted)
                                .commit(5));

        assertEquals(3, tree.index());
        assertFalse(
                tree.find("/0/members/2/raftAttributes").value().contains("\"isLearner\":true"));
    }

    @Test
    void shouldExpireByTheTimeOfTheLog() throws IOException {
        final long start = 1_000_000_000_000_000_000L;
        final StoredTree tree =
                read(
                        log().entry(1, 1, mortal("/1/dir/a", start + 5))
                                .entry(1, 2, mortal("/1/b", start + 6))
                                .entry(1, 3, sync(start + 5))
                                .commit(3));

        assertNull(tree.find("/1/dir/a"));
        assertTrue(tree.find("/1/dir").isDirectory());
        assertEquals(start + 6, tree.find("/1/b").expirationNanos());
        assertEquals(3, tree.index());
    }

    private static byte[] mortal(final String path, final long expirationNanos) {
        return Message.request("PUT", path, "x").number(9, expirationNanos).toBytes();
    }

    private static byte[] sync(final long timeNanos) {
        return Message.request("SYNC", "", "").number(15, timeNanos).toBytes();
    }
}
