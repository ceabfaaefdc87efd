package io.larch.tools.v3.comparison;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.engine.sim.GitId;
import io.larch.tools.system.ServerProcess;
import io.larch.tools.system.Servers;
import io.larch.tools.v3.comparison.Comparison.Difference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Random requests to the JSON gateways of Larch and of etcd 3.4, with the answers compared one by
 * one. A sequence that shows a difference is shortened before it is told.
 */
@Order(Integer.MAX_VALUE)
@Tag("slow")
@Tag("fused-only")
class ComparisonTest {
    /** For hours: {@code -Dlarch.v3.comparison.requests=10000000}. */
    private static final int REQUESTS = Integer.getInteger("larch.v3.comparison.requests", 100_000);

    /** Each longest sequence has a seed and a pair of servers of its own. */
    private static final int LONGEST = 25_000;

    private static final int SEQUENCES = Math.max(1, REQUESTS / LONGEST);

    /** One waits now and then, for a watch of etcd or for an answer, and then others go on. */
    private static final int AT_A_TIME = 4;

    private static final int SOME_REQUESTS = Math.min(REQUESTS, 750);

    /** Members that are alone are leaders soon. */
    private static final String[] SOON = {"--heartbeat-interval=10", "--election-timeout=100"};

    @RegisterExtension final Servers servers = Servers.inMemory();

    private final ExecutorService sequences = Executors.newFixedThreadPool(AT_A_TIME);

    @AfterEach
    void endSequences() {
        sequences.shutdownNow();
    }

    @BeforeEach
    void needsEtcd() {
        assumeTrue(Servers.isEtcdInstalled() || Servers.arePeersRequired(), "needs etcd");
    }

    /** Each commit tries others, and the same commit always the same. */
    @Test
    void shouldAnswerAsEtcdDoes() {
        final long seed =
                Long.getLong(
                        "larch.v3.comparison.seed",
                        new SplittableRandom(GitId.current().hashCode()).nextLong());
        System.out.println("v3 comparison seed " + seed);
        CompletableFuture.allOf(
                        LongStream.range(seed, seed + SEQUENCES)
                                .mapToObj(this::sameInTheBackground)
                                .toArray(CompletableFuture[]::new))
                .join();
    }

    private CompletableFuture<Void> sameInTheBackground(final long seed) {
        return CompletableFuture.runAsync(
                () -> assertSame(seed, REQUESTS / SEQUENCES, () -> servers.larch(SOON)), sequences);
    }

    /** Tests the test: what it compares depends on nothing but the requests. */
    @Test
    void shouldFindNoDifferenceBetweenTwoOfTheSame() {
        assertSame(
                Long.getLong("larch.v3.comparison.seed", 2),
                SOME_REQUESTS,
                () -> servers.etcdOnOneThread(SOON));
    }

    private void assertSame(final long seed, final int count, final Start tested) {
        final Minimiser.Result result =
                Minimiser.find(seed, count, requests -> run(requests, tested));
        assertNull(result, () -> "seed " + seed + "\n" + result);
    }

    private Difference run(final List<Request> requests, final Start tested) {
        try {
            final ServerProcess one = servers.etcdOnOneThread(SOON);
            final ServerProcess other = tested.create();
            try {
                one.start();
                other.start();
                return run(requests, one, other);
            } finally {
                servers.remove(one);
                servers.remove(other);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Difference run(
            final List<Request> requests, final ServerProcess one, final ServerProcess other) {
        try (Gateway reference = new Gateway(one.url());
                Gateway tested = new Gateway(other.url())) {
            return new Comparison(reference, tested).run(requests);
        }
    }

    /** Makes a server that is not yet started. */
    private interface Start {
        ServerProcess create() throws IOException;
    }
}
