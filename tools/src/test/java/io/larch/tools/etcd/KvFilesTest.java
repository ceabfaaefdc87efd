package io.larch.tools.etcd;

import static io.larch.tools.etcd.V3Entry.compare;
import static io.larch.tools.etcd.V3Entry.compareValue;
import static io.larch.tools.etcd.V3Entry.delete;
import static io.larch.tools.etcd.V3Entry.grant;
import static io.larch.tools.etcd.V3Entry.id;
import static io.larch.tools.etcd.V3Entry.operation;
import static io.larch.tools.etcd.V3Entry.put;
import static io.larch.tools.etcd.V3Entry.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.etcd.EtcdFilesException.Kind;
import io.larch.tools.etcd.kv.KvEntry;
import io.larch.tools.etcd.kv.KvStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Databases and logs of known content. */
class KvFilesTest {
    private static final int PUT = 4;
    private static final int DELETE = 5;
    private static final int TXN = 6;

    @TempDir private Path directory;

    private final List<String> told = new ArrayList<>();
    private long index = 4;

    /** Keys a, b and c of revisions 4, 6 and 5, of which c hangs on the lease 7. */
    private static Database three() {
        return new Database(4)
                .put("a", 2, 2, 1, "old", 0)
                .put("b", 3, 3, 1, "old", 0)
                .put("a", 2, 4, 2, "1", 0)
                .put("c", 5, 5, 1, "3", 7)
                .put("b", 3, 6, 2, "2", 0)
                .put("gone", 7, 7, 1, "4", 7)
                .delete("gone", 8)
                .lease(7, 600)
                .lease(8, 60);
    }

    private static LogFile log() {
        return new LogFile().snapshot(0, 0).entry(1, 1, new byte[0]).commit(1);
    }

    /** Those that the database has. */
    private static LogFile known() {
        return log().entry(1, 2, request(PUT, put("a", "before")))
                .entry(1, 3, request(PUT, put("b", "before")))
                .entry(1, 4, request(DELETE, delete("a", "z")))
                .commit(4);
    }

    private LogFile next(final LogFile log, final int field, final Message message) {
        return log.entry(1, ++index, request(field, message));
    }

    private Map<String, String> read(final Database database, final LogFile log)
            throws IOException {
        return read(database, log.commit(index), false);
    }

    private Map<String, String> read(
            final Database database, final LogFile log, final boolean isWhole) throws IOException {
        index = 4;
        database.write(directory);
        log.write(directory, 0, 0);
        try (KvStore store = new KvFiles(directory, null).read(isWhole, told::add).store()) {
            final Map<String, String> content = new java.util.TreeMap<>();
            for (final KvEntry entry : store.keys().values()) {
                content.put(
                        new String(entry.key(), StandardCharsets.UTF_8),
                        "%s %d/%d v%d l%d"
                                .formatted(
                                        new String(store.value(entry), StandardCharsets.UTF_8),
                                        entry.created(),
                                        entry.modified(),
                                        entry.version(),
                                        entry.lease()));
            }
            content.put("", "%d %s".formatted(store.revision(), store.leases()));
            return content;
        }
    }

    private String refusal(final Kind kind, final Database database, final LogFile log)
            throws IOException {
        final EtcdFilesException refusal =
                assertThrows(EtcdFilesException.class, () -> read(database, log));
        assertEquals(kind, refusal.kind());
        return refusal.getMessage().replace(directory.toString(), "DIR");
    }

    @Test
    void shouldTakeTheNewestVersionsOfKeysThatAreNotDeleted() throws IOException {
        assertEquals(
                Map.of(
                        "",
                        "8 {7=600, 8=60}",
                        "a",
                        "1 2/4 v2 l0",
                        "b",
                        "2 3/6 v2 l0",
                        "c",
                        "3 5/5 v1 l7"),
                read(three(), known()));
        assertEquals(
                List.of(
                        "DIR/member/snap/db has the v3 keys up to index 4; DIR/member/wal ends with"
                                + " index 4 of term 1, committed are 4"),
                told.stream().map(line -> line.replace(directory.toString(), "DIR")).toList());
    }

    @Test
    void shouldApplyWhatTheLogHasBehindTheDatabase() throws IOException {
        final LogFile log = known();
        next(log, PUT, put("a", "11"));
        next(log, PUT, put("d", "4", 8));
        next(log, PUT, put("e", "5", 99));
        next(log, DELETE, delete("b", "c"));
        next(log, 8, grant(9, 30));
        next(log, PUT, put("f", "6", 9));
        next(log, 9, id(7));

        assertEquals(
                Map.of(
                        "",
                        "13 {8=60, 9=30}",
                        "a",
                        "11 2/9 v3 l0",
                        "d",
                        "4 10/10 v1 l8",
                        "f",
                        "6 12/12 v1 l9"),
                read(three(), log));
    }

    @Test
    void shouldKeepWhatAPutDoesNotName() throws IOException {
        final LogFile log = known();
        next(log, PUT, put("c", "33").number(6, 1));
        next(log, PUT, put("b", "", 8).number(5, 1));
        next(log, PUT, put("none", "1").number(5, 1));
        next(log, PUT, put("c", "34").number(6, 1));
        final Map<String, String> content = read(three(), log);

        assertEquals("34 5/11 v3 l7", content.get("c"));
        assertEquals("2 3/10 v3 l8", content.get("b"));
        assertEquals(4, content.size());
    }

    @Test
    void shouldChooseTheBranchesOfTransactionsByWhatWasBefore() throws IOException {
        final LogFile log = known();
        final Message inner =
                new Message()
                        .bytes(1, compareValue("a", 0, "1"))
                        .bytes(2, operation(2, put("inner", "yes")))
                        .bytes(3, operation(2, put("inner", "no")));
        next(
                log,
                TXN,
                new Message()
                        .bytes(1, compareValue("a", 0, "1"))
                        .bytes(1, compare("b", 2, 0, 6))
                        .bytes(1, compare("c", 4, 0, 7))
                        .bytes(1, compare("none", 1, 0, 0))
                        .bytes(2, operation(2, put("a", "changed")))
                        .bytes(2, operation(4, inner))
                        .bytes(2, operation(3, delete("b", "")))
                        .bytes(3, operation(2, put("wrong", "1"))));
        next(
                log,
                TXN,
                new Message()
                        .bytes(1, compareValue("none", 3, "1"))
                        .bytes(2, operation(2, put("wrong", "2")))
                        .bytes(3, operation(2, put("right", "2"))));
        next(
                log,
                TXN,
                new Message()
                        .bytes(2, operation(2, put("wrong", "3")))
                        .bytes(2, operation(2, put("wrong2", "3", 99))));
        next(log, TXN, new Message().bytes(2, operation(3, delete("x", "z"))));

        assertEquals(
                Map.of(
                        "",
                        "10 {7=600, 8=60}",
                        "a",
                        "changed 2/9 v3 l0",
                        "inner",
                        "yes 9/9 v1 l0",
                        "right",
                        "2 10/10 v1 l0",
                        "c",
                        "3 5/5 v1 l7"),
                read(three(), log));
    }

    @Test
    void shouldNotDoWhatReadsACompactedRevisionWithIt() throws IOException {
        final LogFile log = known();
        final Message range = new Message().text(1, "a").number(4, 5);
        final Message txn =
                new Message().bytes(2, operation(1, range)).bytes(2, operation(2, put("d", "1")));
        next(log, TXN, txn);
        next(log, 7, new Message().number(1, 6));
        next(log, TXN, txn);
        next(log, PUT, put("e", "1"));
        final Map<String, String> content = read(three().compacted(3), log);

        assertEquals("1 9/9 v1 l0", content.get("d"));
        assertEquals("1 10/10 v1 l0", content.get("e"));
    }

    @Test
    void shouldTakeOnlyWhatIsCommittedUnlessToldOtherwise() throws IOException {
        final LogFile log = known();
        log.entry(1, 5, request(PUT, put("a", "committed")))
                .commit(5)
                .entry(1, 6, request(PUT, put("a", "lost")))
                .entry(1, 7, request(8, grant(9, 30)));
        assertEquals("committed 2/9 v3 l0", read(three(), log, false).get("a"));
        assertTrue(told.get(1).startsWith("2 writes behind these are LEFT OUT"), told::toString);

        assertEquals("lost 2/10 v4 l0", read(three(), log, true).get("a"));
    }

    @Test
    void shouldRefuseWhatAnEtcdWithAlarmsRefuses() throws IOException {
        final LogFile log = known();
        next(log, PUT, put("a", "full"));
        next(log, 8, grant(9, 30));
        next(log, TXN, new Message().bytes(3, operation(2, put("b", "full"))));
        next(log, DELETE, delete("c", ""));
        next(log, 10, new Message().number(1, 2).number(2, 7).number(3, 1));
        next(log, PUT, put("d", "room"));
        assertEquals(
                Map.of(
                        "",
                        "10 {7=600, 8=60}",
                        "a",
                        "1 2/4 v2 l0",
                        "b",
                        "2 3/6 v2 l0",
                        "d",
                        "room 10/10 v1 l0"),
                read(three().alarm(1), log));
    }

    @Test
    void shouldRefuseChangesOfWhichUsersDecide() throws IOException {
        final LogFile log = known();
        next(log, 8, grant(9, 30));
        next(
                log,
                TXN,
                new Message()
                        .bytes(1, compareValue("a", 0, "other"))
                        .bytes(2, operation(2, put("b", "1"))));
        assertEquals("8 {7=600, 8=60, 9=30}", read(three().users(), log).get(""));
        assertEquals("users and roles of the v3 API are not taken", told.get(1));

        index = 6;
        next(log, PUT, put("b", "1"));
        final String refusal = refusal(Kind.UNKNOWN, three().users(), log);
        assertTrue(
                refusal.contains(": entry 7 changes keys, which DIR/member/snap/db does not"),
                refusal);
        assertTrue(refusal.endsWith("stop it by SIGTERM, and run this again"), refusal);
    }

    @Test
    void shouldPassOverWhatHasNothingToDoWithKeysAndRefuseWhatIsLater() throws IOException {
        final LogFile log = known();
        log.entry(1, 1, ++index, new Message().number(3, 7).toBytes());
        log.entry(2, 1, ++index, new byte[] {8, 1});
        log.put(1, ++index, "/1/v2", "1");
        next(log, 1300, new Message().text(1, "3.5.0"));
        next(log, 11, new Message().bytes(1, id(7).number(2, 3).toBytes()));
        next(log, 1100, new Message().text(1, "somebody"));
        assertEquals("8 {7=600, 8=60}", read(three(), log).get(""));

        index = 10;
        next(log, 1400, new Message());
        assertTrue(
                refusal(Kind.UNKNOWN, three(), log)
                        .endsWith(": entry 11 is of an etcd later than 3.6"));
        final LogFile other = known();
        other.entry(1, ++index, new byte[] {(byte) 0xff});
        assertTrue(refusal(Kind.DAMAGED, three(), other).endsWith(": entry 5 is no request"));
    }

    @Test
    void shouldRefuseALogThatBeginsBehindTheDatabase() throws IOException {
        three().write(directory);
        new LogFile().snapshot(9, 1).entry(1, 10, new byte[0]).commit(10).write(directory, 1, 10);

        final EtcdFilesException refusal =
                assertThrows(
                        EtcdFilesException.class,
                        () -> new KvFiles(directory, null).read(false, told::add));
        assertTrue(refusal.getMessage().contains("begins behind index 4"), refusal::getMessage);
        Files.delete(directory.resolve("member/snap/db"));
        assertEquals(
                Kind.UNUSABLE,
                assertThrows(
                                EtcdFilesException.class,
                                () -> new KvFiles(directory, null).read(false, told::add))
                        .kind());
    }

    @Test
    void shouldEitherReadADamagedDatabaseOrSayWhy() throws IOException {
        final Path file = directory.resolve("member/snap/db");
        read(three(), known());
        final byte[] whole = Files.readAllBytes(file);
        final Random random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 1_000; i++) {
            final byte[] damaged =
                    i % 4 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            if (damaged.length > 0) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, damaged);
            try (KvStore store = new KvFiles(directory, null).read(false, told::add).store()) {
                for (final KvEntry entry : store.keys().values()) {
                    store.value(entry);
                }
            } catch (final EtcdFilesException e) {
                refused++;
                assertTrue(e.kind() == Kind.DAMAGED, e.getMessage());
                assertTrue(e.getMessage().startsWith(directory.toString()), e.getMessage());
            }
        }
        assertTrue(refused > 250, "refused " + refused);
    }
}
