package io.larch.tools.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.transfer.FaultyStore.Answer;
import io.larch.tools.transfer.TransferException.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies between two members of this process, which do what they are told to. */
@Tag("slow")
@Tag("fused-only")
class TransferTest {
    private static final Answer FULL =
            new Answer(507, "{\"errorCode\":405,\"message\":\"Store capacity exceeded\"}");
    private static final Answer OUTDATED =
            new Answer(
                    400,
                    "{\"errorCode\":401,\"message\":\"The event in requested index is outdated and"
                            + " cleared\"}");

    @TempDir private Path directory;

    private static FaultyStore source;
    private static FaultyStore target;
    private Duration patience = Duration.ZERO;

    @BeforeAll
    static void start() throws IOException {
        source = new FaultyStore();
        target = new FaultyStore();
    }

    @AfterAll
    static void stop() {
        source.close();
        target.close();
    }

    @BeforeEach
    void empty() throws IOException {
        source.empty();
        target.empty();
    }

    /** A copy in the making. */
    private final class Copy {
        private final List<String> told = new ArrayList<>();
        private String prefix = "/";
        private int partsDepth;
        private boolean isFollowing;
        private long untilIndex = Long.MAX_VALUE;
        private boolean isForced;
        private Path state;
        private Runnable onFirstEntry = () -> {};

        private Summary run() throws IOException {
            final AtomicBoolean isFirst = new AtomicBoolean(true);
            final Progress progress =
                    new Progress() {
                        @Override
                        public void compared(final long keys) {
                            // Of v3 keys.
                        }

                        @Override
                        public void imported(final long keys, final long all) {
                            // Of v3 keys.
                        }

                        @Override
                        public void copied(final long entries, final String path) {
                            if (isFirst.getAndSet(false)) {
                                onFirstEntry.run();
                            }
                        }

                        @Override
                        public void followed(
                                final long changes, final long index, final long head) {
                            // It is counted.
                        }

                        @Override
                        public void told(final String line) {
                            told.add(line);
                        }

                        @Override
                        public void end() {
                            // What is counted stays.
                        }
                    };
            final TransferOptions options =
                    new TransferOptions(
                            prefix,
                            partsDepth,
                            isFollowing,
                            untilIndex,
                            isForced,
                            true,
                            4,
                            Duration.ofSeconds(20));
            try (Transfer transfer =
                    new Transfer(
                            new V2Source(site("source", source.url())),
                            site("target", target.url()),
                            options,
                            new StateFile(state),
                            progress)) {
                return transfer.run();
            }
        }
    }

    private Site site(final String name, final URI url) {
        return new Site(name, List.of(url), null, "", Duration.ofSeconds(30), patience);
    }

    private static Kind kind(final Copy copy) {
        return assertThrows(TransferException.class, copy::run).kind();
    }

    private void make(final String directories) {
        source.ask("PUT", directories + "?dir=true", "");
    }

    @Test
    void shouldCopyKeysAndDirectoriesByName() throws IOException {
        source.set("/a/b/c", "1");
        source.set("/a-b", "");
        source.set("/a/%C3%BC%20%2B%25%3F%23", "%C3%A4%26%3D%0A");
        source.set("/_hidden/x", "not listed");
        make("/empty");
        make("/empty2/empty");
        source.ask("POST", "/queue", "value=job");

        final Summary summary = new Copy().run();

        assertEquals(source.index(), summary.sourceIndex());
        assertEquals(4, summary.digest().keys());
        assertEquals(6, summary.digest().directories());
        assertEquals(keys(source), keys(target));
        assertTrue(target.ask("GET", "/a/%C3%BC%20%2B%25%3F%23", "").contains("\"ä\\u0026=\\n\""));
        assertTrue(target.ask("GET", "/_hidden/x", "").contains("\"errorCode\":100"));
    }

    @Test
    void shouldCopyKeysBelowManyLevels() throws IOException {
        source.set("/level".repeat(800), "1");

        assertEquals(1, new Copy().run().digest().keys());
    }

    @Test
    void shouldCopyAHiddenDirectoryByItsOwnName() throws IOException {
        source.set("/_hidden/x", "1");
        source.set("/other", "2");
        final Copy copy = new Copy();
        copy.prefix = "/_hidden";

        assertEquals(1, copy.run().digest().keys());

        assertTrue(target.ask("GET", "/_hidden/x", "").contains("\"value\":\"1\""));
        assertTrue(target.ask("GET", "/other", "").contains("\"errorCode\":100"));
    }

    @Test
    void shouldCopyWhatIsLeftToLive() throws IOException {
        source.ask("PUT", "/key", "value=1&ttl=1000");
        source.ask("PUT", "/dir?dir=true", "ttl=2000");
        source.set("/dir/x", "2");

        new Copy().run();

        final int key = ttlSeconds("/key");
        final int dir = ttlSeconds("/dir");
        assertTrue(key > 0 && key <= 1000, () -> "ttl " + key);
        assertTrue(dir > 1000 && dir <= 2000, () -> "ttl " + dir);
        assertTrue(target.ask("GET", "/dir/x", "").contains("\"value\":\"2\""));
    }

    private int ttlSeconds(final String path) {
        final String reply = target.ask("GET", path, "");
        return reply.contains("\"ttl\":")
                ? Integer.parseInt(reply.replaceAll("(?s).*\"ttl\":(\\d+).*", "$1"))
                : 0;
    }

    @Test
    void shouldTouchNothingThatWasThereUnlessForced() throws IOException {
        source.set("/file", "1");
        make("/directory");
        source.set("/directory/x", "2");
        source.ask("PUT", "/fresh", "value=3");
        target.ask("PUT", "/file?dir=true", "");
        target.set("/file/below/it", "old");
        target.set("/directory", "old");
        target.set("/other/old", "old");
        target.ask("PUT", "/fresh", "value=3&ttl=1000");
        final long index = target.index();

        assertEquals(Kind.OCCUPIED, kind(new Copy()));
        assertEquals(index, target.index());

        final Copy forced = new Copy();
        forced.isForced = true;
        assertEquals(3, forced.run().digest().keys());
        assertEquals(0, ttlSeconds("/fresh"));
        assertEquals(0, forced.run().written());
    }

    @Test
    void shouldGoOnAfterTheTargetWasFull() throws IOException {
        for (int i = 0; i < 50; i++) {
            source.set("/k" + i, "v" + i);
        }
        final AtomicInteger writes = new AtomicInteger();
        target.fault(
                (method, path) ->
                        method.equals("PUT") && writes.incrementAndGet() > 20 ? FULL : null);
        final Copy copy = new Copy();
        copy.state = directory.resolve("state");

        final TransferException full = assertThrows(TransferException.class, copy::run);

        assertEquals(Kind.REFUSED, full.kind());
        assertTrue(full.getMessage().contains("405: Store capacity exceeded; make room"));
        target.fault((method, path) -> null);
        final Summary summary = copy.run();
        assertEquals(50, summary.digest().keys());
        assertTrue(summary.written() >= 30 && summary.written() < 50, summary::toString);
    }

    @Test
    void shouldRefuseTheStateOfAnotherTransfer() throws IOException {
        final Copy copy = new Copy();
        copy.state = directory.resolve("state");
        copy.run();
        copy.prefix = "/other";

        assertEquals(Kind.REFUSED, kind(copy));
    }

    @Test
    void shouldFollowEveryKindOfChange() throws IOException {
        source.set("/changed", "1");
        source.set("/gone", "1");
        source.set("/tree/a/b", "1");
        source.set("/late/x", "1");
        final Copy copy = new Copy();
        copy.isFollowing = true;
        copy.untilIndex = source.index() + 10;
        copy.onFirstEntry =
                () -> {
                    source.set("/changed", "2");
                    source.ask("DELETE", "/gone", "");
                    source.ask("DELETE", "/tree?recursive=true", "");
                    source.set("/tree", "file");
                    source.ask("PUT", "/changed?prevValue=2", "value=3");
                    make("/new/directory");
                    source.ask("PUT", "/new?dir=true&prevExist=true", "ttl=1000");
                    source.set("/_hidden", "told");
                    source.ask("POST", "/queue", "value=job");
                    source.ask("DELETE", "/late/x?prevValue=1", "");
                };
        final List<String> beforeLastPass = new ArrayList<>();
        final AtomicInteger passes = new AtomicInteger();
        source.fault(
                (method, path) -> {
                    if (path.contains("sorted=true") && passes.incrementAndGet() == 2) {
                        beforeLastPass.add(keys(target));
                    }
                    return null;
                });

        final Summary summary = copy.run();

        assertEquals(9, summary.followed());
        assertEquals(2, summary.passes());
        assertEquals(source.index(), summary.sourceIndex());
        assertEquals(List.of(keys(source)), beforeLastPass);
        assertTrue(ttlSeconds("/new") > 0);
        assertTrue(target.ask("GET", "/_hidden", "").contains("\"errorCode\":100"));
    }

    /** All that is listed, without what is another number in each store. */
    private static String keys(final FaultyStore store) {
        return store.ask("GET", "/?recursive=true&sorted=true", "")
                .replaceAll("\"(modifiedIndex|createdIndex|ttl)\":\\d+", "")
                .replaceAll("\"expiration\":\"[^\"]*\"", "");
    }

    @Test
    void shouldReadAgainWhatTheSourceHasForgotten() throws IOException {
        source.set("/stays", "1");
        source.set("/vanishes", "1");
        final AtomicBoolean isForgotten = new AtomicBoolean();
        source.fault(
                (method, path) ->
                        path.contains("wait=true") && !isForgotten.getAndSet(true)
                                ? OUTDATED
                                : null);
        final Copy copy = new Copy();
        copy.isFollowing = true;
        copy.untilIndex = source.index() + 2;
        copy.onFirstEntry =
                () -> {
                    source.ask("DELETE", "/vanishes", "");
                    source.set("/stays", "2");
                };

        final Summary summary = copy.run();

        assertEquals(
                List.of("the source has forgotten changes behind us; reading it again"), copy.told);
        assertEquals(3, summary.passes());
        assertEquals(0, summary.followed());
        assertEquals(1, summary.digest().keys());
    }

    @Test
    void shouldFindTheTtlThatNoEventTells() throws IOException {
        source.ask("PUT", "/lease", "value=1&ttl=500");
        final Copy copy = new Copy();
        copy.isFollowing = true;
        copy.untilIndex = source.index() + 2;
        copy.onFirstEntry =
                () -> {
                    source.ask("PUT", "/lease", "refresh=true&prevExist=true&ttl=5000");
                    source.set("/other", "1");
                };

        copy.run();

        assertTrue(ttlSeconds("/lease") > 500);
    }

    @Test
    void shouldMakeOneMomentOfPartsOfSeveral() throws IOException {
        source.set("/a/1", "1");
        source.set("/b/1", "1");
        source.set("/c/1", "1");
        final AtomicInteger listings = new AtomicInteger();
        source.fault(
                (method, path) -> {
                    if (path.contains("sorted=true") && listings.incrementAndGet() == 3) {
                        // Behind the part of a, before that of b.
                        source.set("/a/2", "2");
                        source.ask("DELETE", "/b?recursive=true", "");
                        source.set("/b", "file");
                    }
                    return null;
                });
        final Copy copy = new Copy();
        copy.partsDepth = 1;

        final Summary summary = copy.run();

        assertEquals(source.index(), summary.sourceIndex());
        assertEquals(keys(source), keys(target));
        assertTrue(target.ask("GET", "/a/2", "").contains("\"value\":\"2\""));
    }

    @Test
    void shouldGoOnBehindWhatItsStateSays() throws IOException {
        source.set("/a", "1");
        final Copy first = new Copy();
        first.state = directory.resolve("state");
        first.run();
        source.set("/a", "2");
        source.set("/b", "2");
        final Copy second = new Copy();
        second.state = first.state;
        second.isFollowing = true;
        second.untilIndex = source.index();

        final Summary summary = second.run();

        assertEquals(2, summary.followed());
        assertEquals(1, summary.passes());
        assertEquals(2, summary.digest().keys());
    }

    @Test
    void shouldNotUndoWhatBecameOfTheTargetBehindTheCutOver() throws IOException {
        source.set("/a", "1");
        final Copy copy = new Copy();
        copy.state = directory.resolve("state");
        copy.isFollowing = true;
        copy.untilIndex = source.index();
        copy.run();
        target.set("/a", "2");

        assertEquals(Kind.OCCUPIED, kind(copy));
        assertTrue(target.ask("GET", "/a", "").contains("\"value\":\"2\""));
    }

    /** As etcd 3.5 answers to whatever is to become of a directory that is there. */
    private static Answer keepingDirectories(final String method, final String path) {
        return method.equals("PUT") && path.contains("prevExist=true")
                ? new Answer(
                        500,
                        "{\"errorCode\":300,\"message\":\"Raft Internal Error\",\"cause\":"
                                + "\"nodePath /1/d : Not a file ()\",\"index\":0}")
                : null;
    }

    @Test
    void shouldGiveDirectoriesTheirTtlsInAStoreThatDoesNotChangeThem() throws IOException {
        target.fault(TransferTest::keepingDirectories);
        for (int i = 0; i < 20; i++) {
            source.ask("PUT", "/mortal" + i + "/below?dir=true", "ttl=300");
            for (int j = 0; j < 5; j++) {
                source.set("/mortal" + i + "/below/k" + j, "1");
            }
        }

        assertEquals(100, new Copy().run().digest().keys());
    }

    @Test
    void shouldTakeADirectoryThatCannotBeChangedOnlyAsItShallBe() throws IOException {
        make("/same");
        final Copy copy = new Copy();
        copy.state = directory.resolve("state");
        copy.isFollowing = true;
        copy.untilIndex = source.index();
        copy.run();
        // Told again, as to who has lost the last of his state.
        target.fault(TransferTest::keepingDirectories);
        source.set("/k", "1");
        Files.writeString(
                copy.state,
                Files.readString(copy.state)
                        .replaceFirst("\"index\":\\d+", "\"index\":" + (source.index() - 2)));
        copy.untilIndex = source.index();
        copy.isForced = true;
        copy.run();

        source.ask("PUT", "/same?dir=true&prevExist=true", "ttl=300");
        assertSays(
                Kind.REFUSED,
                "the target does not change the TTL of /same, which is there, as etcd 3.5 does not"
                        + " for directories; remove it there, and run the same again",
                true);
    }

    @Test
    void shouldAskAnotherTimeWhenAConnectionBreaks() throws IOException {
        for (int i = 0; i < 20; i++) {
            source.set("/k" + i, "v" + i);
        }
        final AtomicInteger requests = new AtomicInteger();
        final FaultyStore.Fault fault =
                (method, path) -> requests.incrementAndGet() % 3 == 0 ? new Answer(0, "") : null;
        source.fault(fault);
        target.fault(fault);
        patience = Duration.ofMinutes(1);

        assertEquals(20, new Copy().run().digest().keys());
    }

    @Test
    void shouldSayWhoDoesNotAnswerOrRefuses() {
        target.fault((method, path) -> new Answer(0, ""));
        assertSays(Kind.UNREACHABLE, "the target does not answer at " + target.url());
        target.fault((method, path) -> new Answer(500, "{\"message\":\"no leader\"}"));
        assertSays(Kind.UNREACHABLE, "status 500: {\"message\":\"no leader\"}");
        source.fault((method, path) -> new Answer(0, ""));
        assertSays(Kind.UNREACHABLE, "the source does not answer at " + source.url());
        source.fault((method, path) -> new Answer(404, "404 page not found\n"));
        assertSays(
                Kind.REFUSED,
                "the source refuses to read: status 404: 404 page not found; has it the v2 API?"
                        + " etcd 3 needs --enable-v2");
        source.fault(
                (method, path) -> new Answer(401, "{\"message\":\"Insufficient credentials\"}"));
        target.fault((method, path) -> null);
        assertSays(
                Kind.REFUSED,
                "the source refuses to read /: Insufficient credentials; a user with permission for"
                        + " these keys is needed");
    }

    private void assertSays(final Kind kind, final String message) {
        assertSays(kind, message, false);
    }

    private void assertSays(final Kind kind, final String message, final boolean isForced) {
        final Copy copy = new Copy();
        copy.isForced = isForced;
        final TransferException e = assertThrows(TransferException.class, copy::run);
        assertEquals(kind, e.kind(), e.getMessage());
        assertTrue(e.getMessage().contains(message), e.getMessage());
    }

    @Test
    void shouldSayThatTheSidesDiffer() throws IOException {
        source.set("/a", "1");
        // It answers a write, and forgets it.
        target.fault(
                (method, path) ->
                        method.equals("PUT") ? new Answer(201, "{\"action\":\"set\"}") : null);

        assertSays(Kind.DIFFERENT, "the source has 1 keys and 0 directories");
    }

    @Test
    void shouldRefuseADamagedState() throws IOException {
        final Copy copy = new Copy();
        copy.state = Files.writeString(directory.resolve("state"), "{\"source\":");

        assertEquals(Kind.DAMAGED, kind(copy));
    }
}
