package io.larch.engine.kv.watch;

import static io.larch.engine.kv.ProtoMessage.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.larch.engine.application.WatchSink;
import io.larch.engine.codec.kv.KvEvents;
import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.kv.ProtoMessage;
import io.larch.engine.mvcc.KeyRange;
import io.larch.engine.mvcc.KeyVersion;
import io.larch.engine.mvcc.MvccStore;
import java.lang.management.ManagementFactory;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Without an application around it: revisions too long to be told at once, ways that fill. */
class WatchHubTest implements WatchSink {
    private static final long MEGABYTE = 1 << 20;

    private final MvccStore store = new MvccStore();
    private final KeyVersion seen = new KeyVersion();
    private WatchHub hub = new WatchHub(store, this, 11, WatchLimits.DEFAULT);
    private final TreeMap<Long, Client> clients = new TreeMap<>();
    private final List<Event> history = new ArrayList<>();
    private LongConsumer onTold = id -> {};
    private LongConsumer onAsked = id -> {};
    private long behindWay = -1;
    private long longest;
    private boolean isCounting;
    private int toldEvents;

    private record Event(long revision, String key, boolean isDelete) {}

    /** What one watch asked for and was told. */
    private static final class Client {
        private final String start;
        private final String end;
        private final long first;
        private final List<Event> told = new ArrayList<>();
        private final List<Event> wanted = new ArrayList<>();
        private long last;
        private boolean isMidRevision;
        private boolean isCompacted;

        Client(final String start, final String end, final long first) {
            this.start = start;
            this.end = end;
            this.first = first;
        }

        boolean wants(final Event event) {
            return event.revision >= first
                    && (end.isEmpty()
                            ? event.key.equals(start)
                            : event.key.compareTo(start) >= 0 && event.key.compareTo(end) < 0);
        }
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Override
    public void onWatchStart(final long correlationId, final long storeIndex) {}

    @Override
    public void onWatchEnd(final long correlationId) {}

    @Override
    public boolean isBehind(final long correlationId) {
        onAsked.accept(correlationId);
        return correlationId >>> WAY_SHIFT == behindWay;
    }

    @Override
    public void onEvents(
            final long[] correlationIds,
            final int count,
            final DirectBuffer event,
            final int offset,
            final int length) {
        longest = Math.max(longest, length);
        toldEvents += KvEvents.count(event, offset);
        if (isCounting) {
            return;
        }
        final byte[] body = new byte[length - KvEvents.HEAD_LENGTH];
        event.getBytes(offset + KvEvents.HEAD_LENGTH, body);
        if (KvEvents.isCompacted(event, offset)) {
            clients.get(correlationIds[0]).isCompacted = true;
            return;
        }
        final List<Event> events = new ArrayList<>();
        final ProtoReader reader = new ProtoReader().wrap(new UnsafeBuffer(body), 0, body.length);
        while (reader.next()) {
            final byte[] each = new byte[reader.length()];
            reader.buffer().getBytes(reader.offset(), each);
            final byte[] kv = ProtoMessage.bytes(each, 2, 0);
            events.add(
                    new Event(
                            ProtoMessage.number(kv, 3),
                            ProtoMessage.text(ProtoMessage.bytes(kv, 1, 0)),
                            ProtoMessage.number(each, 1) != 0));
        }
        assertEquals(KvEvents.count(event, offset), events.size());
        for (int i = 0; i < count; i++) {
            take(clients.get(correlationIds[i]), events, KvEvents.lastRevision(event, offset));
            onTold.accept(correlationIds[i]);
        }
    }

    /** What it has been told is all up to the revision that the message names, or a part more. */
    private static void take(final Client client, final List<Event> events, final long last) {
        assertFalse(events.isEmpty());
        assertTrue(last >= client.last);
        if (client.isMidRevision) {
            assertEquals(client.last + 1, events.get(0).revision);
        } else {
            assertTrue(events.get(0).revision > client.last);
        }
        client.told.addAll(events);
        client.last = last;
        client.isMidRevision = events.get(events.size() - 1).revision > last;
    }

    private static UnsafeBuffer bytes(final String text) {
        return new UnsafeBuffer(ProtoMessage.bytes(text));
    }

    private void put(final String key, final int valueLength) {
        final UnsafeBuffer bytes = bytes(key);
        final UnsafeBuffer value = new UnsafeBuffer(new byte[valueLength]);
        store.put(bytes, 0, bytes.capacity(), value, 0, valueLength, 0, seen);
        note(key, false);
    }

    private void delete(final String key) {
        final UnsafeBuffer bytes = bytes(key);
        if (store.delete(bytes, 0, bytes.capacity(), seen)) {
            note(key, true);
        }
    }

    private void note(final String key, final boolean isDelete) {
        final Event event = new Event(store.revision() + 1, key, isDelete);
        history.add(event);
        clients.values().stream()
                .filter(each -> each.wants(event))
                .forEach(each -> each.wanted.add(event));
    }

    private Client watch(
            final long id,
            final String start,
            final String end,
            final long from,
            final boolean wantsPrevious) {
        final Client client = new Client(start, end, from == 0 ? store.revision() + 1 : from);
        history.stream().filter(client::wants).forEach(client.wanted::add);
        clients.put(id, client);
        final byte[] request =
                message()
                        .text(1, start)
                        .text(2, end)
                        .number(3, from)
                        .flag(6, wantsPrevious)
                        .bytes();
        hub.add(
                WatchRequest.read(
                        new ProtoReader().wrap(new UnsafeBuffer(request), 0, request.length)),
                id);
        return client;
    }

    private void tellAll() {
        hub.tell();
        settle();
    }

    private void settle() {
        while (hub.hasWork()) {
            hub.work(256);
        }
    }

    private void check(final Client client) {
        assertEquals(client.wanted.size(), client.told.size());
        assertEquals(client.wanted, client.told);
        assertFalse(client.isMidRevision);
    }

    private void fill(final int keys, final int valueLength) {
        for (int i = 0; i < keys; i++) {
            store.begin();
            put("k" + (10_000 + i), valueLength);
            store.commit();
        }
        hub.tell();
    }

    private void deleteAll() {
        store.begin();
        store.deleteRange(new KeyRange().set(bytes("k"), 0, 1, bytes("l"), 0, 1), null);
        store.commit();
    }

    private static long allocatedBy(final Runnable work) {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long id = Thread.currentThread().getId();
        final long before = threads.getThreadAllocatedBytes(id);
        work.run();
        return threads.getThreadAllocatedBytes(id) - before;
    }

    @Test
    void shouldNotKeepThoseThatComeAndGoDuringASweep() {
        fill(100, 10);
        final Client client = watch(1, "k", "l", 2, false);
        hub.work(1);
        for (int i = 0; i < 10_000; i++) {
            watch(2, "k", "l", store.revision(), false);
            hub.cancel(2);
            clients.remove(2L);
        }
        assertTrue(hub.sweptCount() < 1_000, "kept: " + hub.sweptCount());
        settle();
        check(client);
    }

    @Test
    void shouldNeedTheSameMemoryHoweverLongARevisionIs() {
        isCounting = true;
        fill(128, (int) MEGABYTE);
        watch(1, "k", "l", 0, true);
        deleteAll();
        assertTrue(allocatedBy(this::tellAll) < 16 * MEGABYTE);
        assertTrue(longest > MEGABYTE);
    }

    @Test
    void shouldNeedTheSameMemoryToTellALongRevisionLater() {
        isCounting = true;
        fill(128, (int) MEGABYTE);
        deleteAll();
        watch(1, "k", "l", store.revision(), true);
        assertTrue(allocatedBy(this::settle) < 16 * MEGABYTE);
        assertTrue(longest > MEGABYTE);
        assertEquals(0, hub.laggingCount());
    }

    @Test
    @Tag("slow")
    void shouldNeedTheSameMemoryHoweverManyChangesARevisionHas() {
        isCounting = true;
        store.begin();
        for (int i = 0; i < 200_000; i++) {
            final UnsafeBuffer key = bytes("k" + i);
            store.put(key, 0, key.capacity(), key, 0, 1, 0, seen);
        }
        watch(1, "k", "l", 0, false);
        store.commit();
        assertTrue(allocatedBy(this::tellAll) < 8 * MEGABYTE);
    }

    /** Also when the last part has nothing for it. */
    @Test
    void shouldSayOfTheLastPartThatTheRevisionIsWhole() {
        final Client all = watch(1, "k", "l", 0, false);
        final Client early = watch(2, "k1", "", 0, false);
        final Client late = watch(3, "k9", "", 0, false);
        final Client both = watch(4, "k1", "k2", 0, false);
        store.begin();
        put("k1", 10);
        for (int i = 0; i < 30; i++) {
            put("k5", 200_000);
        }
        put("k9", 10);
        store.commit();
        hub.tell();
        settle();
        for (final Client each : List.of(all, early, late, both)) {
            check(each);
            assertEquals(2, each.last);
        }
    }

    @Test
    void shouldNotLeaveOffInTheMiddleOfARevision() {
        final Client client = watch(1, "k", "l", 0, false);
        onTold = id -> behindWay = 0;
        store.begin();
        for (int i = 0; i < 30; i++) {
            put("k" + i, 200_000);
        }
        store.commit();
        hub.tell();
        settle();
        check(client);
        store.begin();
        put("k", 1);
        store.commit();
        hub.tell();
        assertEquals(30, client.told.size());
        behindWay = -1;
        settle();
        check(client);
    }

    /** A way that fills while a revision is told gets no more groups of it. */
    @Test
    void shouldAskAgainBeforeEachGroup() {
        for (int i = 1; i <= 9; i++) {
            watch(i, "k" + i, "", 0, false);
        }
        onTold = id -> behindWay = id >= 3 ? 0 : -1;
        store.begin();
        for (int i = 1; i <= 9; i++) {
            put("k" + i, 1);
        }
        store.commit();
        hub.tell();
        assertEquals(3, clients.values().stream().filter(each -> !each.told.isEmpty()).count());
        onTold = id -> {};
        behindWay = -1;
        settle();
        clients.values().forEach(this::check);
    }

    /** However many wait for it. */
    @Test
    void shouldAskOfAWayOnce() {
        fill(3, 1);
        behindWay = 0;
        for (int i = 1; i <= 1000; i++) {
            watch(i, "k", "l", 2, false);
        }
        final int[] asked = {0};
        onAsked = id -> asked[0]++;
        assertFalse(hub.hasWork());
        assertEquals(0, hub.work(100));
        assertTrue(asked[0] <= 2);
        watch(1L << WAY_SHIFT, "k", "l", 3, false);
        settle();
        assertEquals(1000, hub.laggingCount());
        check(clients.get(1L << WAY_SHIFT));
        behindWay = -1;
        settle();
        clients.values().forEach(this::check);
    }

    /** The way may forget a watch while it is told. */
    @Test
    void shouldNotHoldBackWhoIsGone() {
        for (int i = 1; i <= 9; i++) {
            watch(i, "k" + i, "", 0, false);
        }
        onTold =
                id -> {
                    behindWay = 0;
                    for (int i = 1; i <= 9; i++) {
                        hub.cancel(i);
                    }
                };
        store.begin();
        for (int i = 1; i <= 9; i++) {
            put("k" + i, 1);
        }
        store.commit();
        hub.tell();
        assertEquals(0, hub.count());
        assertEquals(0, hub.laggingCount());
        assertFalse(hub.hasWork());
    }

    /** Has a revision of many keys be known, without telling it. */
    private void putMany(final int keys) {
        store.begin();
        for (int i = 0; i < keys; i++) {
            put("k" + (100_000 + i), 1);
        }
        store.commit();
    }

    private boolean isProgressed(final long id) {
        final UnsafeBuffer ids = new UnsafeBuffer(new byte[Long.BYTES]);
        ids.putLong(0, id, ByteOrder.LITTLE_ENDIAN);
        return hub.areProgressed(ids, 0, Long.BYTES);
    }

    /** However long a revision is, and also to those that lag. */
    @Test
    void shouldTellFewEventsInOneGo() {
        final Client client = watch(1, "k", "l", 0, false);
        putMany(20_000);
        hub.tell();
        assertTrue(toldEvents <= 256, toldEvents + " events");
        int goes = 0;
        for (; client.told.size() < 20_000; goes++) {
            toldEvents = 0;
            assertTrue(hub.hasWork());
            assertTrue(hub.work(100) > 0);
            assertTrue(toldEvents <= 100, toldEvents + " events");
        }
        assertTrue(goes >= 200, goes + " goes");
        check(client);
        assertFalse(hub.hasWork());

        final Client late = watch(2, "k", "l", 2, false);
        while (late.told.size() < 20_000) {
            toldEvents = 0;
            assertTrue(hub.work(100) > 0);
            assertTrue(toldEvents <= 100, toldEvents + " events");
        }
        settle();
        check(late);
    }

    @Test
    void shouldTellWhatComesMeanwhileBehindALongRevision() {
        final Client all = watch(1, "k", "l", 0, false);
        final Client other = watch(2, "l", "", 0, true);
        putMany(5_000);
        hub.tell();
        for (int i = 0; i < 10; i++) {
            store.begin();
            put("l", i);
            put("k1", i);
            store.commit();
            hub.tell();
            hub.work(64);
        }
        final Client late = watch(3, "k1", "", 0, false);
        assertTrue(all.told.size() < 5_000);
        assertTrue(other.told.isEmpty());
        store.begin();
        put("k1", 1);
        store.commit();
        hub.tell();
        settle();
        List.of(all, other, late).forEach(this::check);
    }

    /** Also when nothing but writes is done. */
    @Test
    void shouldCatchUpWithWritesAlone() {
        final Client client = watch(1, "k", "l", 0, false);
        putMany(5_000);
        hub.tell();
        for (int i = 0; i < 15_000; i++) {
            store.begin();
            put("k1", 1);
            store.commit();
            toldEvents = 0;
            hub.tell();
            assertTrue(toldEvents <= 256, toldEvents + " events");
        }
        assertFalse(hub.hasWork());
        check(client);
    }

    @Test
    void shouldNotSpeakOfProgressInTheMiddle() {
        final Client client = watch(1, "k", "l", 0, false);
        watch(2, "other", "", 0, false);
        assertTrue(isProgressed(1) && isProgressed(2));
        putMany(5_000);
        hub.tell();
        while (client.told.size() < 5_000) {
            assertFalse(isProgressed(1));
            assertFalse(isProgressed(2));
            hub.work(500);
        }
        assertTrue(isProgressed(1) && isProgressed(2));
    }

    /** What was up to date is, though what it is being told of is compacted. */
    @Test
    void shouldTellTheRestOfWhatIsCompactedMeanwhile() {
        final Client client = watch(1, "k", "l", 0, false);
        putMany(5_000);
        hub.tell();
        final Client late = watch(2, "k", "l", 2, false);
        deleteAll();
        for (int i = 0; i < 5_000; i++) {
            client.wanted.add(new Event(3, "k" + (100_000 + i), true));
        }
        hub.tell();
        hub.work(300);
        assertFalse(hub.needsCompacted());
        store.compact(3);
        hub.compacted();
        assertTrue(hub.needsCompacted());
        settle();
        assertFalse(hub.needsCompacted());
        check(client);
        assertFalse(client.isCompacted);
        assertTrue(late.isCompacted);
    }

    /** One that lagged, and has been told a part. */
    @Test
    void shouldSayThatTheRestOfARevisionIsCompacted() {
        putMany(5_000);
        hub.tell();
        final Client client = watch(1, "k", "l", 2, false);
        final Client early = watch(2, "k100000", "", 2, false);
        while (client.told.isEmpty()) {
            hub.work(500);
        }
        assertTrue(client.isMidRevision);
        check(early);
        store.begin();
        put("k100000", 1);
        store.commit();
        hub.tell();
        store.compact(3);
        hub.compacted();
        assertTrue(client.isCompacted);
        assertFalse(early.isCompacted);
        settle();
        assertEquals(1, hub.count());
        check(early);
    }

    /** Nobody who was told all that it wants of a long revision is told it again. */
    @Test
    void shouldHoldBackFromBehindWhatWasTold() {
        final Client all = watch(1, "k", "l", 0, false);
        final Client early = watch(1L << WAY_SHIFT | 2, "k100000", "", 0, false);
        putMany(5_000);
        hub.tell();
        while (early.told.isEmpty()) {
            hub.work(500);
        }
        store.begin();
        put("k100000", 1);
        store.commit();
        hub.tell();
        behindWay = 1;
        settle();
        check(all);
        assertEquals(1, early.told.size());
        behindWay = -1;
        settle();
        check(early);
    }

    private void write(final SplittableRandom random) {
        store.begin();
        final int length = random.nextInt(4) == 0 ? 150_000 : 10;
        for (int i = 1 + random.nextInt(random.nextInt(3) == 0 ? 40 : 3); i > 0; i--) {
            final String key = "k" + random.nextInt(10);
            if (random.nextInt(3) == 0) {
                delete(key);
            } else {
                put(key, random.nextInt(length));
            }
        }
        store.commit();
    }

    /**
     * Any watches, ways that fill and drain, and long and short revisions. etcd issue 17247: there
     * an event came twice.
     */
    @Test
    void shouldTellEachAllOnceInOrder() {
        tellEachAllOnceInOrder(5);
    }

    /** The same, with nearly all revisions in parts. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldTellEachAllOnceInOrderInParts(final long seed) {
        hub = new WatchHub(store, this, 11, new WatchLimits(1 + (int) seed % 3, 500_000, 3, 1000));
        tellEachAllOnceInOrder(seed);
    }

    @ParameterizedTest
    @ValueSource(longs = {4, 5, 6, 7, 8})
    @Tag("slow")
    void shouldTellEachAllOnceInOrderInPartsWithMoreSeeds(final long seed) {
        shouldTellEachAllOnceInOrderInParts(seed);
    }

    private void tellEachAllOnceInOrder(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        onAsked = id -> behindWay = random.nextInt(3) == 0 ? random.nextInt(3) : behindWay;
        onTold = onAsked;
        long next = 0;
        for (int i = 0; i < 300; i++) {
            if (random.nextInt(4) == 0 && clients.size() < 40) {
                final String start = "k" + random.nextInt(10);
                watch(
                        (long) random.nextInt(3) << WAY_SHIFT | ++next,
                        random.nextInt(3) == 0 ? "k" : start,
                        random.nextInt(3) == 0 ? "l" : random.nextBoolean() ? "k7" : "",
                        random.nextBoolean() ? 0 : 1 + random.nextLong(store.revision() + 3),
                        random.nextBoolean());
            }
            write(random);
            if (random.nextInt(3) > 0) {
                hub.tell();
            }
            if (random.nextInt(3) == 0) {
                hub.work(1 + random.nextInt(30));
            }
        }
        hub.tell();
        onAsked = id -> {};
        onTold = onAsked;
        behindWay = -1;
        settle();
        assertEquals(0, hub.laggingCount());
        clients.values().forEach(this::check);
    }
}
