package io.larch.engine.kv;

import static io.larch.engine.kv.ProtoMessage.message;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.kv.KvFixture.Told;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A sentence of the specification each; {@link KvModelTest} has the rest. */
class KvWatchTest {
    private final KvFixture larch = new KvFixture();

    @AfterEach
    void close() {
        larch.close();
    }

    private void put(final String key, final String value) {
        larch.write(KvCommand.PUT, message().text(1, key).text(2, value));
    }

    private void delete(final String key, final String end) {
        larch.write(KvCommand.DELETE_RANGE, message().text(1, key).text(2, end));
    }

    private void compact(final long revision) {
        larch.write(KvCommand.COMPACT, message().number(1, revision));
    }

    private Told watch(final long id, final String key, final String end, final long from) {
        return larch.watch(id, message().text(1, key).text(2, end).number(3, from));
    }

    private static List<String> told(final Told watch) {
        final List<String> told = new ArrayList<>();
        for (final byte[] event : watch.events) {
            final byte[] kv = ProtoMessage.bytes(event, 2, 0);
            told.add(
                    (ProtoMessage.number(event, 1) == 0 ? "PUT " : "DELETE ")
                            + ProtoMessage.text(ProtoMessage.bytes(kv, 1, 0))
                            + " "
                            + ProtoMessage.number(kv, 3));
        }
        return told;
    }

    private boolean areProgressed(final long... ids) {
        final ByteBuffer body =
                ByteBuffer.allocate(ids.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (final long id : ids) {
            body.putLong(id);
        }
        return larch.read(KvCommand.PROGRESS, body.array(), 100)[0] != 0;
    }

    @Test
    void shouldTellFromNowOn() {
        put("a", "1");
        final Told watch = watch(1, "a", "", 0);
        assertEquals(2, watch.startRevision);
        put("a", "2");
        put("b", "1");
        delete("a", "");
        assertEquals(List.of("PUT a 3", "DELETE a 5"), told(watch));
        assertEquals(5, watch.lastRevision);
        assertEquals(5, watch.headerRevision);
    }

    @Test
    void shouldTellADeletionByKeyAndRevisionAlone() {
        put("a", "1");
        final Told watch = watch(1, "a", "", 0);
        delete("a", "");
        assertArrayEquals(
                message().number(1, 1).element(2, message().text(1, "a").number(3, 3)).bytes(),
                watch.events.get(0));
    }

    @Test
    void shouldReplayThePastWithTheRevisionOfNow() {
        put("a", "1");
        put("a", "2");
        put("b", "1");
        final Told watch = watch(1, "a", "", 2);
        assertEquals(List.of(), told(watch));
        assertFalse(areProgressed(1));
        larch.settle();
        assertEquals(List.of("PUT a 2", "PUT a 3"), told(watch));
        assertEquals(4, watch.headerRevision);
        assertEquals(4, watch.lastRevision);
        assertTrue(areProgressed(1));
        put("a", "3");
        assertEquals("PUT a 5", told(watch).get(2));
    }

    /** etcd issue 20221: there it was told of progress, and of what was before. */
    @Test
    void shouldBeSilentUntilAFutureRevision() {
        put("a", "1");
        final Told watch = watch(1, "a", "", 4);
        assertFalse(areProgressed(1));
        put("a", "2");
        assertFalse(areProgressed(1));
        put("a", "3");
        assertEquals(List.of("PUT a 4"), told(watch));
        assertTrue(areProgressed(1));
    }

    /** As one is that is registered again from behind what it was told. */
    @Test
    void shouldTellOfProgressOfWhoLacksNothing() {
        put("a", "1");
        watch(1, "a", "", 3);
        assertTrue(areProgressed(1));
    }

    @Test
    void shouldTellOfProgressOnlyWhenAllAreUpToDate() {
        assertTrue(areProgressed());
        watch(1, "a", "", 0);
        assertTrue(areProgressed(1));
        put("a", "1");
        watch(2, "a", "", 2);
        assertFalse(areProgressed(1, 2));
        assertFalse(areProgressed(1, 9));
        larch.settle();
        assertTrue(areProgressed(1, 2));
    }

    @Test
    void shouldEndWhoAsksForWhatIsCompacted() {
        for (int i = 0; i < 5; i++) {
            put("a", "" + i);
        }
        compact(4);
        final Told late = watch(1, "a", "", 3);
        assertEquals(6, late.startRevision);
        assertEquals(4, late.compactRevision);
        assertTrue(late.isEnded);
        assertEquals(0, larch.application.watchCount());
        final Told served = watch(2, "a", "", 4);
        larch.settle();
        assertEquals(List.of("PUT a 4", "PUT a 5", "PUT a 6"), told(served));
    }

    @Test
    void shouldEndWhoWasNotToldInTime() {
        final Told current = watch(1, "a", "", 0);
        for (int i = 0; i < 5; i++) {
            put("a", "" + i);
        }
        final Told late = watch(2, "a", "", 2);
        final Told inTime = watch(3, "a", "", 5);
        compact(5);
        assertEquals(5, late.compactRevision);
        assertTrue(late.isEnded);
        larch.settle();
        assertFalse(current.isEnded);
        assertEquals(List.of("PUT a 5", "PUT a 6"), told(inTime));
    }

    /** etcd issues 18089 and 19179: there it was lost. */
    @Test
    void shouldTellADeletionAtTheCompactedRevision() {
        put("a", "1");
        delete("a", "");
        compact(3);
        larch.settle();
        final Told watch = watch(1, "a", "", 3);
        larch.settle();
        assertEquals(List.of("DELETE a 3"), told(watch));
    }

    @Test
    void shouldTellOnceForAllThatWantTheSame() {
        for (int i = 1; i <= 50; i++) {
            watch(i, i % 2 == 0 ? "a" : "b", i % 2 == 0 ? "" : "\0", 0);
        }
        larch.groups = 0;
        larch.write(
                KvCommand.TXN,
                message()
                        .element(2, message().element(2, message().text(1, "a").text(2, "1")))
                        .element(2, message().element(2, message().text(1, "b").text(2, "1")))
                        .element(2, message().element(2, message().text(1, "c").text(2, "1"))));
        assertEquals(2, larch.groups);
        assertEquals(List.of("PUT a 2"), told(larch.told.get(2L)));
        assertEquals(List.of("PUT b 2", "PUT c 2"), told(larch.told.get(3L)));
    }

    /** etcd issue 17529: there events were lost when a stream was starved. */
    @Test
    void shouldTellLaterWhoseWayIsFullAndLoseNothing() {
        final long far = 1L << KvFixture.WAY_SHIFT;
        final Told near = watch(1, "a", "", 0);
        final Told full = watch(far, "a", "", 0);
        larch.behind.add(1L);
        for (int i = 0; i < 5; i++) {
            put("a", "" + i);
        }
        assertEquals(5, told(near).size());
        assertEquals(0, told(full).size());
        assertFalse(larch.application.hasWork());
        assertEquals(0, larch.application.work(100));
        assertFalse(areProgressed(far));
        larch.behind.clear();
        assertTrue(larch.application.hasWork());
        larch.settle();
        assertEquals(told(near), told(full));
        put("a", "5");
        assertEquals(told(near), told(full));
    }

    /** A revision that is too long for one message says up to where it is complete. */
    @Test
    void shouldPartOnlyWhatIsTooLong() {
        final String value = "v".repeat(300_000);
        for (int i = 0; i < 10; i++) {
            put("k" + i, value);
        }
        final Told watch = larch.watch(1, message().text(1, "k").text(2, "l").flag(6, true));
        delete("k", "l");
        assertEquals(10, told(watch).size());
        assertTrue(watch.messageSizes.size() >= 3, watch.messageSizes::toString);
        assertEquals(12, watch.lastRevision);
    }

    @Test
    void shouldCancelInAnyOrderAndTwice() {
        put("a", "1");
        for (int i = 1; i <= 5; i++) {
            watch(i, "a", i % 2 == 0 ? "b" : "", i == 5 ? 2 : 0);
        }
        for (final long each : new long[] {3, 5, 1, 1, 2, 9}) {
            larch.application.cancelWatch(each);
        }
        assertEquals(1, larch.application.watchCount());
        larch.settle();
        put("a", "2");
        assertEquals(List.of("PUT a 3"), told(larch.told.get(4L)));
        assertEquals(List.of(), told(larch.told.get(5L)));
    }

    @Test
    void shouldEndAllWhenASnapshotTakesTheirPlace() {
        put("a", "1");
        final Told first = watch(1, "a", "", 0);
        final Told second = watch(2, "a", "", 2);
        larch.application.take(larch.restored(larch.snapshot()));
        assertTrue(first.isEnded && second.isEnded);
        assertEquals(0, first.compactRevision);
        assertEquals(0, larch.application.watchCount());
    }

    /** Slices of a sweep, with writes and new watches in between. */
    @Test
    void shouldReplayInSlicesWhileWritesGoOn() {
        for (int i = 0; i < 5000; i++) {
            put("k" + i % 7, "" + i);
        }
        final Told first = watch(1, "k", "l", 2);
        int writes = 0;
        Told second = null;
        while (larch.application.hasWork()) {
            larch.application.work(100);
            if (writes++ < 30) {
                put("k", "x");
            }
            if (writes == 10) {
                second = watch(2, "k3", "", 100);
            }
        }
        assertEquals(5030, told(first).size());
        assertEquals(
                told(first).stream()
                        .filter(each -> each.startsWith("PUT k3 "))
                        .filter(each -> Long.parseLong(each.substring(7)) >= 100)
                        .toList(),
                told(second));
    }
}
