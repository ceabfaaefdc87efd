package io.larch.tools.v3.comparison;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.engine.sim.GitId;
import io.larch.tools.system.ServerProcess;
import io.larch.tools.system.Servers;
import io.larch.tools.v3.comparison.Comparison.Difference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Random requests to the JSON gateways of Larch and of etcd 3.4, with the answers compared one by
 * one. A sequence that shows a difference is shortened before it is told.
 */
@Tag("slow")
@Tag("fused-only")
class ComparisonTest {
    /** More of them: {@code -Dlarch.v3.comparison.requests=100000}. */
    private static final int REQUESTS = Integer.getInteger("larch.v3.comparison.requests", 1500);

    /**
     * Many go in so many sequences at a time, each to a pair of servers of its own: etcd looks only
     * ten times a second for watches that want to know of the past.
     */
    private static final int SEQUENCES = REQUESTS < 20_000 ? 1 : 4;

    private static final int SOME_REQUESTS = Math.min(REQUESTS, 1_500);

    /** Enough to show that the test finds what it is to find. */
    private static final int FEW_REQUESTS = Math.min(REQUESTS, 600);

    /** Members that are alone are leaders soon. */
    private static final String[] SOON = {"--heartbeat-interval=10", "--election-timeout=100"};

    /** So many requests are worth it. */
    private static final String ALL_COMPILERS = "-XX:TieredStopAtLevel=4";

    @RegisterExtension final Servers servers = Servers.inMemory();

    private final ExecutorService sequences = Executors.newFixedThreadPool(SEQUENCES);

    @AfterEach
    void endSequences() {
        sequences.shutdownNow();
    }

    @BeforeEach
    void needsEtcd() {
        assumeTrue(Servers.isEtcdInstalled() || Servers.arePeersRequired(), "needs etcd");
    }

    @Test
    void shouldAnswerAsEtcdDoes() {
        assertSame(1, SOME_REQUESTS);
    }

    /** Each commit tries others, and the same commit always the same. */
    @Test
    void shouldAnswerAsEtcdDoesToRequestsThatTheCommitChooses() {
        final long seed =
                Long.getLong(
                        "larch.v3.comparison.seed",
                        new SplittableRandom(GitId.current().hashCode()).nextLong());
        System.out.println("v3 comparison seed " + seed);
        CompletableFuture.allOf(
                        LongStream.range(0, SEQUENCES)
                                .mapToObj(i -> sameInTheBackground(seed + i))
                                .toArray(CompletableFuture[]::new))
                .join();
    }

    private CompletableFuture<Void> sameInTheBackground(final long seed) {
        return CompletableFuture.runAsync(() -> assertSame(seed, REQUESTS / SEQUENCES), sequences);
    }

    private void assertSame(final long seed, final int count) {
        final Minimiser.Result result =
                find(seed, count, () -> servers.larchOnJava(ALL_COMPILERS, SOON), server -> server);
        assertNull(result, () -> "seed " + seed + "\n" + result);
    }

    /** Tests the test: what it compares depends on nothing but the requests. */
    @Test
    void shouldFindNoDifferenceBetweenTwoOfTheSame() {
        final long seed = Long.getLong("larch.v3.comparison.seed", 2);
        final Minimiser.Result result =
                find(seed, SOME_REQUESTS / 2, () -> servers.etcd(SOON), server -> server);
        assertNull(result, () -> "seed " + seed + "\n" + result);
    }

    /** Tests the test: one number is wrong in one field of some answers. */
    @Test
    void shouldFindOneWrongNumberAndTellTheFewRequestsThatShowIt() {
        final Minimiser.Result result =
                find(
                        3,
                        FEW_REQUESTS,
                        () -> servers.etcd(SOON),
                        ComparisonTest::withThirdVersionsWrong);
        assertNotNull(result);
        assertTrue(result.requests().size() <= 6, result::toString);
        assertTrue(
                result.difference().fields().stream()
                        .anyMatch(field -> field.endsWith("version: expected 3 but was 4")),
                result::toString);
    }

    private static Server withThirdVersionsWrong(final Server server) {
        return request ->
                server.answer(request)
                        .thenApply(answer -> new Answer(answer.status(), wrong(answer.tree())));
    }

    private static Object wrong(final Object tree) {
        if (tree instanceof Map<?, ?> map) {
            final Map<String, Object> changed = new LinkedHashMap<>();
            map.forEach(
                    (name, value) ->
                            changed.put(
                                    (String) name,
                                    name.equals("version") && value.equals("3")
                                            ? "4"
                                            : wrong(value)));
            return changed;
        }
        return tree instanceof List<?> list
                ? list.stream().map(ComparisonTest::wrong).toList()
                : tree;
    }

    /** The shortest sequence that shows a difference; null without one. */
    private Minimiser.Result find(
            final long seed,
            final int count,
            final Start tested,
            final UnaryOperator<Server> change) {
        final RandomRequests random = new RandomRequests(seed);
        final List<Request> requests =
                new ArrayList<>(Stream.generate(random::next).limit(count).toList());
        final Difference difference = run(requests, tested, change);
        return difference == null
                ? null
                : new Minimiser(some -> run(some, tested, change)).minimise(requests, difference);
    }

    private Difference run(
            final List<Request> requests, final Start tested, final UnaryOperator<Server> change) {
        try {
            final ServerProcess one = servers.etcd(SOON);
            final ServerProcess other = tested.create();
            try {
                one.start();
                other.start();
                return new Comparison(
                                new Gateway(one.url()), change.apply(new Gateway(other.url())))
                        .run(requests);
            } finally {
                servers.remove(one);
                servers.remove(other);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes a server that is not yet started. */
    private interface Start {
        ServerProcess create() throws IOException;
    }
}
