package io.larch.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.codec.KeysCommand;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LongReadTest {
    private static final int KEYS = 40;

    @TempDir Path directory;

    /** Time passes whenever somebody looks, so that no turn is without end. */
    private final AtomicLong nanoTime = new AtomicLong();

    private final TestEdge edge = new TestEdge();
    private Engine engine;

    @BeforeEach
    void start() {
        engine =
                Engine.launch(
                        new EngineContext()
                                .memberId(0xA1)
                                .clusterId(0xC1)
                                .name("one")
                                .peerUrls(List.of("http://127.0.0.1:2380"))
                                .clientUrls(List.of("http://127.0.0.1:2379"))
                                .memberDir(directory.resolve("member"))
                                .maxNodes(10_000)
                                .epochNanos(() -> 1_700_000_000_000_000_000L)
                                .nanoTime(() -> nanoTime.addAndGet(10_000)),
                        () -> {});
        edge.port(engine.openPort(edge));
        for (int i = 0; i < KEYS; i++) {
            edge.offer(CommandType.SET, 0, "/d/" + i, "v".repeat(5_000), 0);
        }
        turn();
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    private void turn() {
        while (engine.doWork() > 0) {}
    }

    private void list(final int flags) {
        edge.offer(CommandType.GET, KeysCommand.RECURSIVE | flags, "/d", "", 0);
    }

    private int listed() {
        return EventFlyweight.childCount(edge.last().body(), EventFlyweight.HEADER_LENGTH);
    }

    @Test
    void shouldTellALongListingInParts() {
        list(0);
        final long id = edge.lastId();
        assertTrue(edge.answersTo(id).isEmpty());
        turn();

        assertEquals(1, edge.answersTo(id).size());
        assertEquals(KEYS, listed());
        assertEquals(KEYS + 3, edge.last().storeIndex());
    }

    @Test
    void shouldTellALinearizableListingInParts() {
        list(CommandEnvelope.QUORUM);
        turn();

        assertEquals(KEYS, listed());
    }

    @Test
    void shouldGoOnWithWritesWhileAListingWaitsForItsEdge() {
        edge.pause();
        list(0);
        final long id = edge.lastId();
        turn();

        edge.offer(CommandType.DELETE, 0, "/d/7", "", 0);
        turn();
        assertEquals("delete", edge.last().action());

        while (edge.answersTo(id).isEmpty()) {
            edge.more(id);
            turn();
        }
        assertEquals(KEYS, listed());
    }

    @Test
    void shouldForgetAReadThatIsTakenBack() {
        edge.pause();
        list(0);
        final long id = edge.lastId();
        turn();

        edge.cancel(id);
        edge.more(id);
        turn();

        assertTrue(edge.answersTo(id).isEmpty());
        assertFalse(edge.isEnded(id));
    }

    @Test
    void shouldTellInPartsWhatASparingEdgeAsksFor() {
        edge.pause();
        edge.offer(CommandType.SET, 0, "/big", "v".repeat(10_000), 0);
        turn();
        edge.offer(CommandType.GET, CommandEnvelope.SPARING, "/big", "", 0);
        final long id = edge.lastId();
        assertTrue(edge.answersTo(id).isEmpty());
        turn();

        assertEquals(10_000, edge.answersTo(id).get(0).value().length());
    }

    @Test
    void shouldSayThatAllIsToldWhenNothingIsLeftToTell() {
        // Leaving that many directories takes more than one go, and tells nothing more.
        edge.offer(CommandType.SET, 0, "/deep" + "/d".repeat(1_000), "v", 0);
        turn();
        edge.offer(CommandType.GET, KeysCommand.RECURSIVE, "/deep", "", 0);
        final long id = edge.lastId();
        turn();

        assertEquals(1, edge.answersTo(id).size());
    }

    @Test
    void shouldSayWhenAKeyIsGoneBeforeItsFirstPart() {
        edge.offer(CommandType.SET, 0, "/big", "v".repeat(200_000), 0);
        turn();
        edge.offer(CommandType.GET, 0, "/big", "", 0);
        final long id = edge.lastId();
        edge.offer(CommandType.DELETE, 0, "/big", "", 0);
        turn();

        // Whoever of the two came first, there is one answer.
        assertEquals(1, edge.answersTo(id).size());
    }

    @Test
    void shouldEndReadsWhenTheMemberStops() {
        edge.pause();
        list(0);
        final long id = edge.lastId();
        turn();

        engine.close();

        assertTrue(edge.isEnded(id));
        start();
    }

    @Test
    void shouldKeepRequestsForTheNextTurnWhenTheyTakeTooLong() {
        final long before = edge.lastId();
        // Each look at the clock takes 10 us here, and a turn's share are 2 ms.
        for (int i = 0; i < 1_000; i++) {
            edge.offer(CommandType.GET, 0, "/d/1", "", 0);
        }
        final long last = edge.lastId();
        assertTrue(edge.answersTo(last).isEmpty());
        assertFalse(edge.answersTo(before + 1).isEmpty());
        assertTrue(engine.waitNanos(nanoTime.get()) <= 0 || engine.doWork() > 0);

        turn();
        for (long id = before + 1; id <= last; id++) {
            assertEquals(1, edge.answersTo(id).size());
        }
    }
}
