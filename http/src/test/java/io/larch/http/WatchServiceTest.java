package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvEvents;
import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.codec.kv.ProtoWriter;
import io.larch.engine.port.Reply;
import io.larch.http.FakeEngine.KvAsked;
import io.larch.http.Http2Client.Answer;
import io.netty.handler.codec.http2.Http2Settings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams of watches, frame by frame. */
class WatchServiceTest {
    private static final String PATH = "/etcdserverpb.Watch/Watch";
    private static final byte[] KEY_A = {0x0a, 1, 'a'};

    private final Http2Client client =
            new Http2Client(
                    new Client(new HttpContext().v3(new V3Options(3 << 19, 128, 1_000, 60_000))),
                    new Http2Settings());
    private final FakeEngine engine = client.server.engine;
    private final Answer stream = client.open(GrpcTest.headers(PATH), false);

    @AfterEach
    void closeClient() {
        client.close();
        assertEquals(0, client.server.counters.faults());
    }

    /** What a WatchResponse says. */
    private record Told(
            long revision,
            long watchId,
            boolean isCreated,
            boolean isCanceled,
            long compactRevision,
            String reason,
            boolean isFragment,
            int events) {}

    private List<Told> told() {
        client.exchange();
        final byte[] bytes = stream.body.toString().getBytes(StandardCharsets.ISO_8859_1);
        stream.body.setLength(0);
        final List<Told> all = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            final int length = ByteBuffer.wrap(bytes).getInt(at + 1);
            all.add(parse(new UnsafeBuffer(bytes, at + 5, length), length));
            at += 5 + length;
        }
        return all;
    }

    private static Told parse(final UnsafeBuffer message, final int length) {
        final ProtoReader reader = new ProtoReader().wrap(message, 0, length);
        final ProtoReader header = new ProtoReader();
        long revision = 0;
        long id = 0;
        boolean isCreated = false;
        boolean isCanceled = false;
        long compactRevision = 0;
        String reason = "";
        boolean isFragment = false;
        int events = 0;
        while (reader.next()) {
            switch (reader.field()) {
                case 1 -> {
                    header.wrap(reader);
                    while (header.next()) {
                        revision = header.field() == 3 ? header.number() : revision;
                    }
                }
                case 2 -> id = reader.number();
                case 3 -> isCreated = reader.flag();
                case 4 -> isCanceled = reader.flag();
                case 5 -> compactRevision = reader.number();
                case 6 ->
                        reason =
                                message.getStringWithoutLengthAscii(
                                        reader.offset(), reader.length());
                case 7 -> isFragment = reader.flag();
                case 11 -> events++;
                default -> {}
            }
        }
        assertFalse(reader.isBroken());
        return new Told(
                revision, id, isCreated, isCanceled, compactRevision, reason, isFragment, events);
    }

    private static Told created(final long revision, final long id) {
        return new Told(revision, id, true, false, 0, "", false, 0);
    }

    private static Told events(final long revision, final long id, final int count) {
        return new Told(revision, id, false, false, 0, "", false, count);
    }

    private void send(final int kind, final byte[] message) {
        final byte[] request = new byte[2 + message.length];
        request[0] = (byte) (kind << 3 | 2);
        request[1] = (byte) message.length;
        System.arraycopy(message, 0, request, 2, message.length);
        client.send(stream, GrpcTest.frame(request), false);
        client.exchange();
    }

    private KvAsked create(final byte... more) {
        final byte[] request = Arrays.copyOf(KEY_A, KEY_A.length + more.length);
        System.arraycopy(more, 0, request, KEY_A.length, more.length);
        send(1, request);
        return engine.lastKv();
    }

    private KvAsked listen(final long revision, final byte... more) {
        final KvAsked watch = create(more);
        engine.kvWatchStart(watch.id(), revision);
        engine.handler.onBatchEnd();
        return watch;
    }

    /** Event with a key-value of a revision and a value of so many bytes. */
    private static byte[] event(final long revision, final int valueLength) {
        final ExpandableArrayBuffer kv = new ExpandableArrayBuffer();
        int at = ProtoWriter.bytes(kv, 0, 1, new UnsafeBuffer(new byte[] {'a'}), 0, 1);
        at = ProtoWriter.number(kv, at, 3, revision);
        final byte[] value = new byte[valueLength];
        at = ProtoWriter.bytes(kv, at, 5, new UnsafeBuffer(value), 0, valueLength);
        final ExpandableArrayBuffer event = new ExpandableArrayBuffer();
        final byte[] bytes = new byte[ProtoWriter.element(event, 0, 2, kv, 0, at)];
        event.getBytes(0, bytes);
        return bytes;
    }

    private void tell(final long revision, final int valueLength, final long... ids) {
        engine.kvEvents(revision, new byte[][] {event(revision, valueLength)}, ids);
        engine.handler.onBatchEnd();
    }

    private void answerProgress(final long revision, final boolean isSynced) {
        assertEquals(KvCommand.PROGRESS, engine.lastKv().type());
        engine.kvResult(engine.lastKv().id(), revision, new byte[] {(byte) (isSynced ? 1 : 0)});
        engine.handler.onBatchEnd();
    }

    // --- ids, created, events ---

    @Test
    void shouldNumberWatchesAndTellEachItsEvents() {
        final KvAsked first = listen(5);
        final KvAsked second = listen(5);
        tell(6, 1, first.id(), second.id());
        tell(7, 1, second.id());

        assertEquals(
                List.of(
                        created(5, 0),
                        created(5, 1),
                        events(6, 0, 1),
                        events(6, 1, 1),
                        events(7, 1, 1)),
                told());
        assertEquals(KvCommand.WATCH, first.type());
    }

    @Test
    void shouldSendInOneFrameWhatTheWatchesOfAStreamHearAtOnce() {
        final KvAsked first = listen(5);
        final KvAsked second = listen(5);
        client.exchange();
        stream.body.setLength(0);
        stream.dataFrames = 0;
        engine.kvEvents(6, new byte[][] {event(6, 100)}, new long[] {first.id(), second.id()});
        engine.kvEvents(7, new byte[][] {event(7, 100)}, new long[] {first.id(), second.id()});
        engine.handler.onBatchEnd();

        assertEquals(
                List.of(events(6, 0, 1), events(6, 1, 1), events(7, 0, 1), events(7, 1, 1)),
                told());
        assertEquals(1, stream.dataFrames);
    }

    @Test
    void shouldKeepTheOrderOfShortAndLongMessages() {
        final long id = listen(5).id();
        for (int revision = 6; revision < 12; revision++) {
            final int length = revision % 3 == 0 ? 5000 : revision % 3 == 1 ? 3000 : 10;
            engine.kvEvents(revision, new byte[][] {event(revision, length)}, new long[] {id});
        }
        engine.handler.onBatchEnd();

        assertEquals(
                List.of(
                        created(5, 0),
                        events(6, 0, 1),
                        events(7, 0, 1),
                        events(8, 0, 1),
                        events(9, 0, 1),
                        events(10, 0, 1),
                        events(11, 0, 1)),
                told());
    }

    @Test
    void shouldDropWhatIsGatheredForAClientThatGoes() {
        final KvAsked watch = listen(5);
        client.exchange();
        engine.kvEvents(6, new byte[][] {event(6, 100)}, new long[] {watch.id()});
        engine.kvEvents(7, new byte[][] {event(7, 100)}, new long[] {watch.id()});
        client.reset(stream);
        engine.handler.onBatchEnd();

        assertEquals(List.of(created(5, 0)), told());
    }

    @Test
    void shouldTakeIdsThatClientsChoose() {
        listen(5, (byte) 0x38, (byte) 1);
        listen(5);
        listen(5);
        create((byte) 0x38, (byte) 1);
        answerProgress(5, true);

        assertEquals(
                List.of(
                        created(5, 1),
                        created(5, 0),
                        created(5, 2),
                        new Told(
                                5,
                                -1,
                                true,
                                true,
                                0,
                                "mvcc: duplicate watch ID provided on the WatchStream",
                                false,
                                0)),
                told());
    }

    @Test
    void shouldRefuseRangesThatHoldNothing() {
        create((byte) 0x12, (byte) 1, (byte) 'a');
        answerProgress(9, true);

        assertEquals(
                List.of(new Told(9, -1, true, true, 0, "mvcc: watcher range is empty", false, 0)),
                told());
    }

    @Test
    void shouldEndAWatchWhosePastIsNoMore() {
        final KvAsked watch = listen(9, (byte) 0x18, (byte) 2);
        final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer();
        engine.handler.onReply(
                new Reply()
                        .beginEvent(new long[] {watch.id()}, 1)
                        .bytes(bytes, 0, KvEvents.encodeCompacted(bytes, 0, 4)));
        engine.tell(Reply.Kind.WATCH_END, watch.id());
        engine.handler.onBatchEnd();

        assertEquals(List.of(created(9, 0), new Told(0, 0, false, true, 4, "", false, 0)), told());
        assertFalse(stream.isComplete);
    }

    @Test
    void shouldCancelAWatch() {
        final KvAsked watch = listen(5);
        send(2, new byte[] {8, 9});
        send(2, new byte[] {8, 0});
        answerProgress(6, true);
        tell(7, 1, watch.id());

        assertEquals(List.of(created(5, 0), new Told(6, 0, false, true, 0, "", false, 0)), told());
        assertFalse(engine.openWatches.contains(watch.id()));
    }

    // --- progress ---

    /** etcd issue 15220: there progress overtook events. */
    @Test
    void shouldTellProgressOnlyWhenAllIsTold() {
        final KvAsked watch = listen(5);
        send(3, new byte[0]);
        assertEquals(
                watch.id(),
                ByteBuffer.wrap(engine.lastKv().body()).order(ByteOrder.LITTLE_ENDIAN).getLong());
        answerProgress(8, false);
        send(3, new byte[0]);
        answerProgress(9, true);

        assertEquals(List.of(created(5, 0), events(9, -1, 0)), told());
    }

    /** Events of many watches wait until others are answered; not until progress is told. */
    @Test
    void shouldTellEventsOfManyWatchesBeforeProgress() {
        final long[] ids = manyWatches();
        send(3, new byte[0]);
        told();

        engine.kvEvents(6, new byte[][] {event(6, 1)}, ids);
        engine.kvEvents(7, new byte[][] {event(7, 1)}, ids[4]);
        answerProgress(7, true);

        final List<Told> expected = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            expected.add(events(6, i, 1));
        }
        expected.add(events(7, 4, 1));
        expected.add(events(7, -1, 0));
        assertEquals(expected, told());
    }

    @Test
    void shouldTellEventsOfManyWatchesBeforeAnotherWatchStarts() {
        final long[] ids = manyWatches();
        final long late = create().id();
        told();

        engine.kvEvents(6, new byte[][] {event(6, 1)}, ids);
        engine.kvWatchStart(late, 6);
        engine.kvEvents(7, new byte[][] {event(7, 1)}, ids);
        engine.handler.onBatchEnd();

        final List<Told> expected = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            expected.add(events(6, i, 1));
        }
        expected.add(created(6, ids.length));
        for (int i = 0; i < ids.length; i++) {
            expected.add(events(7, i, 1));
        }
        assertEquals(expected, told());
    }

    private long[] manyWatches() {
        final long[] ids = new long[20];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = listen(5).id();
        }
        return ids;
    }

    @Test
    void shouldNotTellProgressWhileAWatchStarts() {
        create();
        final int before = engine.kvCommands.size();

        send(3, new byte[0]);

        assertEquals(before, engine.kvCommands.size());
    }

    @Test
    void shouldTellProgressFromTimeToTimeToWhoHasNoEvents() {
        final KvAsked watch = listen(5, (byte) 0x20, (byte) 1);
        tell(6, 1, watch.id());
        final int before = engine.kvCommands.size();
        client.server.advanceMs(67_000);
        assertEquals(before, engine.kvCommands.size(), "it has had an event");

        client.server.advanceMs(67_000);
        answerProgress(7, true);

        assertEquals(List.of(created(5, 0), events(6, 0, 1), events(7, 0, 0)), told());
    }

    // --- clients that are slow ---

    @Test
    void shouldKeepNothingButAPlaceForWhoDoesNotRead() {
        final KvAsked watch = listen(5);
        told();
        client.isReading = false;
        long revision = 6;
        while (engine.openWatches.contains(watch.id()) && revision < 1_000) {
            tell(revision++, 10_000, watch.id());
            client.exchange();
        }

        assertTrue(revision < 60, "the engine was told to stop");
        assertTrue(client.server.outputBudget.usedBytes() < 400_000);
        for (int i = 0; i < 60; i++) {
            client.server.advanceMs(1_000);
            client.exchange();
        }
        assertFalse(stream.isComplete, "time alone does not end it");
        assertEquals(null, stream.error);

        client.isReading = true;
        client.window(10 << 20);
        client.takeAll(stream);
        final KvAsked again = engine.lastKv();
        assertEquals(KvCommand.WATCH, again.type());
        final List<Told> told = told();
        final long lastTold = told.get(told.size() - 1).revision();
        final ProtoReader reader =
                new ProtoReader().wrap(new UnsafeBuffer(again.body()), 0, again.body().length);
        long start = 0;
        while (reader.next()) {
            start = reader.field() == 3 ? reader.number() : start;
        }
        assertEquals(lastTold + 1, start);

        engine.kvWatchStart(again.id(), revision);
        tell(start, 10, again.id());
        assertEquals(List.of(events(start, 0, 1)), told(), "it is not created twice");
    }

    /** It has missed nothing of what was before the event that finds its client behind. */
    @Test
    void shouldTakeAnIdleWatchUpWhereItsFirstEventIs() {
        final KvAsked chatty = listen(5);
        final KvAsked idle = listen(5);
        told();
        client.isReading = false;
        long revision = 6;
        while (engine.openWatches.contains(chatty.id()) && revision < 1_000) {
            tell(revision++, 10_000, chatty.id());
            client.exchange();
        }
        tell(500, 10, idle.id());
        client.exchange();
        assertFalse(engine.openWatches.contains(idle.id()));

        client.isReading = true;
        client.window(10 << 20);
        client.takeAll(stream);

        final ProtoReader reader =
                new ProtoReader()
                        .wrap(
                                new UnsafeBuffer(engine.lastKv().body()),
                                0,
                                engine.lastKv().body().length);
        long start = 0;
        while (reader.next()) {
            start = reader.field() == 3 ? reader.number() : start;
        }
        assertEquals(500, start);
    }

    @Test
    void shouldShareLongEvents() {
        final KvAsked first = listen(5);
        final KvAsked second = listen(5);
        told();

        tell(6, 100_000, first.id(), second.id());

        assertEquals(List.of(events(6, 0, 1), events(6, 1, 1)), told());
    }

    // --- fragments ---

    @Test
    void shouldCutOnlyForThoseWhoAskedForIt() {
        final KvAsked whole = listen(5);
        final KvAsked cut = listen(5, (byte) 0x40, (byte) 1);
        told();
        client.window(20 << 20);

        final byte[] large = event(6, 1 << 20);
        engine.kvEvents(6, new byte[][] {large, large, large}, whole.id());
        engine.handler.onBatchEnd();
        assertEquals(List.of(events(6, 0, 3)), told());
        engine.kvEvents(6, new byte[][] {large, large, large}, cut.id());
        engine.handler.onBatchEnd();

        assertEquals(
                List.of(
                        new Told(6, 1, false, false, 0, "", true, 1),
                        new Told(6, 1, false, false, 0, "", true, 1),
                        events(6, 1, 1)),
                told());
    }

    @Test
    void shouldTellARevisionAsAWholeHoweverTheEngineTellsIt() {
        final KvAsked watch = listen(5);
        told();
        final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer();
        int at = KvEvents.encodeHead(bytes, 0, 1, 6, 5);
        final byte[] event = event(6, 10);
        at = ProtoWriter.element(bytes, at, 11, new UnsafeBuffer(event), 0, event.length);
        engine.handler.onReply(
                new Reply().beginEvent(new long[] {watch.id()}, 1).bytes(bytes, 0, at));
        engine.handler.onBatchEnd();
        assertEquals(List.of(), told());

        tell(6, 10, watch.id());

        assertEquals(List.of(events(6, 0, 2)), told());
    }

    /** A part of revision 6, of which more follows. */
    private void part(final byte[] event, final long id) {
        final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer();
        int at = KvEvents.encodeHead(bytes, 0, 1, 6, 5);
        at = ProtoWriter.element(bytes, at, 11, new UnsafeBuffer(event), 0, event.length);
        engine.handler.onReply(new Reply().beginEvent(new long[] {id}, 1).bytes(bytes, 0, at));
        engine.handler.onBatchEnd();
    }

    @Test
    void shouldEndAWatchWhoseRevisionIsTooLongToBeJoined() {
        final KvAsked watch = listen(5);
        final KvAsked other = listen(5);
        told();
        final byte[] large = event(6, 1 << 20);
        for (int i = 0; i < 63; i++) {
            part(large, watch.id());
        }
        assertEquals(List.of(), told());
        part(large, watch.id());

        final List<Told> ends = told();
        assertEquals(1, ends.size());
        assertTrue(ends.get(0).toString().contains("ask for fragments"), ends::toString);
        assertFalse(engine.openWatches.contains(watch.id()));
        assertEquals(0, client.server.outputBudget.usedBytes());

        part(large, other.id());
        tell(6, 10, other.id());
        client.window(20 << 20);
        assertEquals(List.of(events(6, 1, 2)), told(), "there is room again");
    }

    @Test
    void shouldFreeWhatWaitsToBeJoinedWhenTheRestIsCompacted() {
        final byte[] large = event(6, 1 << 20);
        for (int i = 0; i < 3; i++) {
            final KvAsked watch = listen(5);
            for (int k = 0; k < 40; k++) {
                part(large, watch.id());
            }
            final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer();
            final int end = KvEvents.encodeCompacted(bytes, 0, 7);
            engine.handler.onReply(
                    new Reply().beginEvent(new long[] {watch.id()}, 1).bytes(bytes, 0, end));
            engine.tell(Reply.Kind.WATCH_END, watch.id());
            engine.handler.onBatchEnd();
            final List<Told> ends = told();
            assertEquals(7, ends.get(ends.size() - 1).compactRevision());
        }
        assertEquals(0, client.server.outputBudget.usedBytes());
    }

    @Test
    void shouldTellEachFragmentOnceWhenTheEngineEndsAWatchInTheMidstOfARevision() {
        final KvAsked watch = listen(5, (byte) 0x40, (byte) 1);
        part(event(6, 10), watch.id());
        part(event(6, 20), watch.id());
        engine.tell(Reply.Kind.WATCH_END, watch.id());
        engine.handler.onBatchEnd();
        client.server.advanceMs(300);

        final KvAsked again = engine.lastKv();
        engine.kvWatchStart(again.id(), 9);
        part(event(6, 10), again.id());
        engine.kvEvents(6, new byte[][] {event(6, 20), event(6, 30)}, again.id());
        tell(7, 10, again.id());

        assertEquals(
                List.of(
                        created(5, 0),
                        new Told(6, 0, false, false, 0, "", true, 1),
                        new Told(6, 0, false, false, 0, "", true, 1),
                        events(6, 0, 1),
                        events(7, 0, 1)),
                told());
    }

    // --- ends ---

    @Test
    void shouldForgetAllWatchesOfAStreamThatIsGone() {
        listen(5);
        create();

        client.reset(stream);

        assertTrue(engine.openWatches.isEmpty());
        assertTrue(client.server.loop.isIdle());
    }

    @Test
    void shouldGoOnWhereItWasWhenTheEngineEndsAWatch() {
        final KvAsked watch = listen(5);
        tell(6, 1, watch.id());
        engine.tell(Reply.Kind.WATCH_END, watch.id());
        engine.handler.onBatchEnd();
        client.server.advanceMs(300);

        final KvAsked again = engine.lastKv();
        assertEquals(KvCommand.WATCH, again.type());
        engine.kvWatchStart(again.id(), 9);
        tell(9, 1, again.id());

        assertEquals(List.of(created(5, 0), events(6, 0, 1), events(9, 0, 1)), told());
    }

    @Test
    void shouldTellARevisionOnceWhenTheEngineEndsAWatchInTheMidstOfIt() {
        final KvAsked watch = listen(5);
        told();
        final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer();
        int at = KvEvents.encodeHead(bytes, 0, 1, 6, 5);
        final byte[] event = event(6, 10);
        at = ProtoWriter.element(bytes, at, 11, new UnsafeBuffer(event), 0, event.length);
        engine.handler.onReply(
                new Reply().beginEvent(new long[] {watch.id()}, 1).bytes(bytes, 0, at));
        engine.tell(Reply.Kind.WATCH_END, watch.id());
        engine.handler.onBatchEnd();
        client.server.advanceMs(300);

        final KvAsked again = engine.lastKv();
        engine.kvWatchStart(again.id(), 9);
        engine.kvEvents(6, new byte[][] {event, event}, again.id());
        engine.handler.onBatchEnd();

        assertEquals(List.of(events(6, 0, 2)), told());
    }

    @Test
    void shouldEndAStreamWhenTheMemberStops() {
        listen(5);

        client.server.channel.close();
        client.exchange();

        assertEquals("14", stream.trailer("grpc-status"));
        assertEquals("etcdserver: server stopped", stream.trailer("grpc-message"));
        assertEquals(0L, client.goAwayError);
    }

    @Test
    void shouldEndStreamsThatWantALeaderWhenThereIsNone() {
        final Answer wanting = client.open(GrpcTest.headers(PATH).add("hasleader", "true"), false);
        client.exchange();
        client.server.advanceMs(2_000);
        client.exchange();
        assertFalse(wanting.isComplete);

        engine.leaderId = 0;
        for (int i = 0; i < 6; i++) {
            client.server.advanceMs(1_000);
            client.exchange();
        }
        assertEquals("etcdserver: no leader", wanting.trailer("grpc-message"));
        assertFalse(stream.isComplete);

        final Answer late = client.open(GrpcTest.headers(PATH).add("hasleader", "true"), false);
        client.exchange();
        assertEquals("14", late.trailer("grpc-status"));
    }

    // --- bounds ---

    @Test
    void shouldRefuseWatchesThatThereIsNoRoomFor() {
        final int keyLength = 1_900_000;
        final int most = (64 << 20) / keyLength;
        for (int i = 0; i < most + 2; i++) {
            createLong(stream, keyLength);
        }

        assertEquals(most, engine.openWatches.size());
        assertEquals(
                List.of(
                        new Told(0, -1, true, true, 0, "etcdserver: too many requests", false, 0),
                        new Told(0, -1, true, true, 0, "etcdserver: too many requests", false, 0)),
                told());
        client.reset(stream);
        createLong(client.open(GrpcTest.headers(PATH), false), keyLength);
        assertEquals(1, engine.openWatches.size());
    }

    private void createLong(final Answer on, final int keyLength) {
        final ExpandableArrayBuffer key = new ExpandableArrayBuffer(keyLength);
        final ExpandableArrayBuffer create = new ExpandableArrayBuffer(keyLength + 20);
        final int length = ProtoWriter.bytes(create, 0, 1, key, 0, keyLength);
        final ExpandableArrayBuffer request = new ExpandableArrayBuffer(keyLength + 40);
        final byte[] bytes = new byte[ProtoWriter.element(request, 0, 1, create, 0, length)];
        request.getBytes(0, bytes);
        client.send(on, GrpcTest.frame(bytes), false);
        client.exchange();
        engine.kvCommands.clear();
    }
}
