package io.larch.tools.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.transfer.FaultyStore.Answer;
import io.larch.tools.transfer.TransferException.Kind;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copies v3 keys between two members of this process, which do what they are told to. */
@Tag("slow")
@Tag("fused-only")
class KvTransferTest {
    private static final String WATCH = "/v3/watch";
    private static final Answer COMPACTED =
            new Answer(
                    400,
                    "{\"error\":\"x\",\"code\":11,\"message\":\"etcdserver: mvcc: required revision"
                            + " has been compacted\"}");

    @TempDir private Path directory;

    private static FaultyStore sourceStore;
    private static FaultyStore targetStore;
    private final KvStoreText source = new KvStoreText(sourceStore);
    private final KvStoreText target = new KvStoreText(targetStore);

    @BeforeAll
    static void start() throws IOException {
        sourceStore = FaultyStore.withV3();
        targetStore = FaultyStore.withV3();
    }

    @AfterAll
    static void stop() {
        sourceStore.close();
        targetStore.close();
    }

    @BeforeEach
    void empty() throws IOException {
        sourceStore.emptyKv();
        targetStore.emptyKv();
    }

    private interface Action {
        void run() throws IOException;
    }

    /** A copy in the making, which is verified. */
    private final class Copy {
        private final List<String> told = new ArrayList<>();
        private String prefix = "";
        private long untilRevision = Long.MAX_VALUE;
        private boolean isForced;
        private Path state;
        private Duration quiet = Duration.ofSeconds(20);
        private Action onFollowed = () -> {};

        private KvSummary run() throws IOException {
            return transfer().run();
        }

        private KvTransfer transfer() {
            final TransferOptions options =
                    new TransferOptions(
                            "/",
                            0,
                            untilRevision != Long.MAX_VALUE,
                            untilRevision,
                            isForced,
                            true,
                            1,
                            quiet);
            return new KvTransfer(
                    new KvServersSource(site("source", sourceStore.url()), prefix),
                    site("target", targetStore.url()),
                    prefix,
                    options,
                    new StateFile(state),
                    new Told());
        }

        private final class Told implements Progress {
            @Override
            public void copied(final long entries, final String path) {
                // Of v2 keys.
            }

            @Override
            public void compared(final long keys) {
                // The summary has it.
            }

            @Override
            public void imported(final long keys, final long all) {
                // The summary has it.
            }

            @Override
            public void followed(final long changes, final long index, final long head) {
                try {
                    onFollowed.run();
                } catch (final IOException e) {
                    throw new IllegalStateException(e);
                }
            }

            @Override
            public void told(final String line) {
                told.add(line);
            }

            @Override
            public void end() {
                // What is counted stays.
            }
        }
    }

    private static Site site(final String name, final URI url) {
        return new Site(name, List.of(url), null, "", Duration.ofSeconds(30), Duration.ZERO);
    }

    /** Does something before a path of the source is asked for the first time. */
    private void before(final String path, final Action action) {
        final AtomicInteger count = new AtomicInteger();
        sourceStore.fault(
                (method, asked) -> {
                    if (asked.equals(path) && count.getAndIncrement() == 0) {
                        action.run();
                    }
                    return null;
                });
    }

    /** Answers in the source's place once. */
    private void once(final String path, final int after, final Answer answer) {
        final AtomicInteger count = new AtomicInteger();
        sourceStore.fault(
                (method, asked) ->
                        asked.equals(path) && count.getAndIncrement() == after ? answer : null);
    }

    private static Kind kind(final Copy copy) {
        return assertThrows(TransferException.class, copy::run).kind();
    }

    @Test
    void shouldCopyInPagesWithLeasesAndTheirOrder() throws IOException {
        final Map<String, String> all = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            source.set("k%02d".formatted(i), "v".repeat(i % 40 == 7 ? 600_000 : i));
        }
        source.grant(7, 500);
        source.grant(8, 600);
        source.grant(9, 700);
        source.set("lock/b", "first", 7);
        source.set("lock/a", "second", 8);
        source.set("lock/b", "still first", 7);

        final KvSummary summary = new Copy().run();

        all.putAll(source.values());
        assertEquals(all, target.values());
        assertEquals(source.field("lease"), target.field("lease"));
        assertEquals("500", target.grantedSeconds(7));
        assertEquals("700", target.grantedSeconds(9));
        final Map<String, String> created = target.field("create_revision");
        assertTrue(
                Long.parseLong(created.get("lock/b")) < Long.parseLong(created.get("lock/a")),
                created::toString);
        assertEquals(102, summary.keys());
        assertEquals(3, summary.leases());
        assertEquals(source.revision(), summary.revision());
    }

    @Test
    void shouldListAgainWhatIsCompactedMeanwhile() throws IOException {
        for (int i = 0; i < 40; i++) {
            source.set("k" + i, "v");
        }
        once("/v3/kv/range", 2, COMPACTED);
        final Copy copy = new Copy();

        assertEquals(2, copy.run().passes());
        assertTrue(
                copy.told.get(0).endsWith("compacted; comparing all again"), copy.told::toString);
        assertEquals(source.values(), target.values());
    }

    @Test
    void shouldRefuseATargetThatHasKeysUnlessForced() throws IOException {
        source.set("a", "1");
        target.set("b", "1");
        target.set("a", "1");
        final Copy copy = new Copy();

        assertEquals(Kind.OCCUPIED, kind(copy));
        copy.isForced = true;
        final KvSummary summary = copy.run();
        assertEquals(0, summary.written());
        assertEquals(1, summary.deleted());
        assertEquals(Map.of("a", "1"), target.values());
    }

    @Test
    void shouldFollowEachRevisionAsAWhole() throws IOException {
        for (int i = 0; i < 300; i++) {
            source.set("many/%03d".formatted(i), "v");
        }
        source.grant(7, 500);
        final Copy copy = new Copy();
        copy.untilRevision = source.revision() + 7;
        before(
                WATCH,
                () -> {
                    source.setTogether("a", "b", "c");
                    source.set("queue/2", "1", 7);
                    source.set("queue/1", "2", 7);
                    source.set("gone", "x");
                    source.delete("gone", "gonf");
                    source.delete("many/", "many0");
                    source.setTogether("a", "d");
                });

        final KvSummary summary = copy.run();

        assertEquals(source.values(), target.values());
        assertEquals(3 + 4 + 300 + 2, summary.followed());
        final Map<String, String> modified = target.field("mod_revision");
        assertEquals(modified.get("b"), modified.get("c"));
        assertEquals(modified.get("a"), modified.get("d"));
        final Map<String, String> created = target.field("create_revision");
        assertTrue(Long.parseLong(created.get("queue/2")) < Long.parseLong(created.get("queue/1")));
        assertEquals(copy.untilRevision, summary.revision());
        assertEquals(1, summary.passes());
    }

    @Test
    void shouldCompareAllAgainWhenTheSourceHasForgottenWhatCame() throws IOException {
        source.set("a", "1");
        source.set("b", "1");
        final Copy copy = new Copy();
        copy.untilRevision = source.revision() + 3;
        before(
                WATCH,
                () -> {
                    source.set("c", "1");
                    source.delete("a", "b");
                    source.compact(source.set("d", "1"));
                });

        final KvSummary summary = copy.run();
        assertEquals(2, summary.passes());
        assertEquals(1, copy.told.size());
        assertEquals(Map.of("b", "1", "c", "1", "d", "1"), target.values());
    }

    @Test
    void shouldAskAgainWhereAWatchBrokeOff() throws IOException {
        source.set("a", "1");
        final Copy copy = new Copy();
        copy.untilRevision = source.revision() + 20;
        before(WATCH, () -> source.set("a", "2"));
        final AtomicInteger count = new AtomicInteger();
        copy.onFollowed =
                () -> {
                    if (count.incrementAndGet() < 20) {
                        source.set("a" + count.get(), "1");
                        sourceStore.breakOff();
                    }
                };

        final KvSummary summary = copy.run();
        assertEquals(20, summary.followed());
        assertEquals(1, summary.passes());
        assertEquals(source.values(), target.values());
    }

    @Test
    void shouldNotTakeAWatchThatLeavesOutARevision() throws IOException {
        source.set("a", "1");
        final Copy copy = new Copy();
        copy.untilRevision = source.revision() + 2;
        final String event =
                "{\"result\":{\"header\":{\"revision\":\"%d\"},\"events\":[{\"kv\":{\"key\":\"eA==\","
                        + "\"mod_revision\":\"%1$d\",\"version\":\"1\"}}]}}";
        final Answer gap = new Answer(200, event.formatted(copy.untilRevision));
        final AtomicInteger count = new AtomicInteger();
        sourceStore.fault(
                (method, path) -> {
                    if (!path.equals(WATCH) || count.getAndIncrement() > 0) {
                        return null;
                    }
                    source.set("b", "1");
                    source.set("c", "1");
                    return gap;
                });

        assertEquals(2, copy.run().passes());
        assertEquals(source.values(), target.values());
    }

    @Test
    void shouldNotWaitForAWatchThatSaysNothing() throws IOException {
        source.set("a", "1");
        final Copy copy = new Copy();
        copy.quiet = Duration.ofMillis(10);
        copy.untilRevision = source.revision() + 1;
        final AtomicInteger count = new AtomicInteger();
        sourceStore.fault(
                (method, path) -> {
                    if (path.equals(WATCH) && count.getAndIncrement() == 0) {
                        source.set("b", "1");
                        return new Answer(200, "{\"result\":{\"created\":true}}" + " ".repeat(9));
                    }
                    return null;
                });

        assertEquals(1, copy.run().followed());
        assertEquals(source.values(), target.values());
    }

    /** Of an etcd that ends or breaks off: what is copied stays, and the state tells how far. */
    private Copy interrupted() throws IOException {
        final Copy copy = new Copy();
        copy.state = directory.resolve("state");
        copy.untilRevision = source.revision() + 1;
        sourceStore.fault((method, path) -> path.equals(WATCH) ? new Answer(0, "") : null);
        assertEquals(Kind.UNREACHABLE, kind(copy));
        sourceStore.fault((method, path) -> null);
        return copy;
    }

    @Test
    void shouldGoOnBehindWhatItsStateTells() throws IOException {
        source.grant(7, 500);
        source.set("a", "1", 7);
        final Copy copy = interrupted();
        source.delete("a", "b");
        source.set("c", "1", 7);
        copy.untilRevision = source.revision();

        final KvSummary summary = copy.run();
        assertEquals(0, summary.passes());
        assertEquals(2, summary.followed());
        assertEquals(source.values(), target.values());
        assertEquals(Kind.OCCUPIED, kind(copy));
    }

    @Test
    void shouldCompareAllWhenLeasesHaveEndedSinceItsState() throws IOException {
        source.grant(7, 500);
        source.set("a", "1", 7);
        final Copy copy = interrupted();
        target.revoke(7);
        assertEquals(Map.of(), target.values());
        copy.untilRevision = source.revision();

        assertEquals(1, copy.run().passes());
        assertEquals(source.values(), target.values());
    }

    @Test
    void shouldRefuseTheStateOfAnotherTransfer() throws IOException {
        source.set("a", "1");
        final Copy copy = interrupted();
        copy.prefix = "a";
        assertEquals(Kind.REFUSED, kind(copy));
    }

    @Test
    void shouldCompareAllWhenLeasesEndInTheTargetMeanwhile() throws IOException {
        source.grant(7, 500);
        source.set("a", "1", 7);
        final Copy copy = new Copy();
        copy.untilRevision = source.revision() + 1;
        before(
                WATCH,
                () -> {
                    target.revoke(7);
                    source.set("b", "1", 7);
                });

        final KvSummary summary = copy.run();
        assertTrue(summary.passes() > 1);
        assertEquals(Map.of("a", "1", "b", "1"), target.values());
        assertEquals(source.field("lease"), target.field("lease"));
    }

    /** A put of a lease that has ended since is told before the deletion is. */
    @Test
    void shouldLetKeysGoWhoseLeaseHasEnded() throws IOException {
        source.set("a", "1");
        final Copy copy = new Copy();
        copy.untilRevision = source.revision() + 2;
        before(
                WATCH,
                () -> {
                    source.grant(7, 500);
                    source.set("mortal", "1", 7);
                    source.revoke(7);
                });

        assertEquals(2, copy.run().followed());
        assertEquals(Map.of("a", "1"), target.values());
    }

    @Test
    void shouldFollowAPartAlone() throws IOException {
        source.grant(7, 500);
        source.grant(8, 500);
        source.set("app/a", "1", 7);
        source.set("else", "1", 8);
        target.set("mine", "1");
        final Copy copy = new Copy();
        copy.prefix = "app/";
        copy.untilRevision = source.revision() + 3;
        before(
                WATCH,
                () -> {
                    source.set("app/b", "1");
                    source.set("other", "1");
                    source.delete("app/a", "app/b");
                });

        final KvSummary summary = copy.run();
        assertEquals(Map.of("app/b", "1", "mine", "1"), target.values());
        assertEquals(1, summary.keys());
        assertEquals("null", target.grantedSeconds(8));
    }

    @Test
    void shouldSayThatAValueIsTooLarge() {
        for (final int length : new int[] {2 << 20, 20 << 20}) {
            final KvClient client = new KvClient(site("target", targetStore.url()));
            final KvClient.Change change =
                    new KvClient.Change(new byte[] {1}, new byte[length], 0, false);
            assertThrows(KvClient.TooLargeException.class, () -> client.change(List.of(change)));
        }
    }

    /** One that hangs is waited for once. */
    @Test
    void shouldAskEachEndpointHoweverShortThePatience() throws IOException {
        source.set("a", "1");
        final Site site =
                new Site(
                        "source",
                        List.of(URI.create("http://127.0.0.1:1"), sourceStore.url()),
                        null,
                        "",
                        Duration.ofSeconds(30),
                        Duration.ZERO);
        assertEquals(1, new KvClient(site).count(KvRange.of("")));
    }
}
