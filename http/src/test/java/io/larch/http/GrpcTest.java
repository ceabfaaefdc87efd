package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvError;
import io.larch.engine.codec.kv.KvReply;
import io.larch.engine.port.Reply;
import io.larch.http.Http2Client.Answer;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledUnsafeDirectByteBuf;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** gRPC frame by frame. */
class GrpcTest {
    static final String PUT = "/etcdserverpb.KV/Put";
    static final String KEEP_ALIVE = "/etcdserverpb.Lease/LeaseKeepAlive";
    static final String RANGE = "/etcdserverpb.KV/Range";

    /** PutRequest with a key and a value. */
    static final byte[] PUT_A = {0x0a, 1, 'a', 0x12, 1, 'b'};

    /** RangeRequest with a key. */
    static final byte[] RANGE_A = {0x0a, 1, 'a'};

    private final Http2Client client =
            new Http2Client(
                    new Client(new HttpContext().v3(V3Options.DEFAULT).memberId(7)),
                    new Http2Settings());
    private final FakeEngine engine = client.server.engine;

    @AfterEach
    void closeClient() {
        client.close();
        assertEquals(0, client.server.counters.faults());
    }

    static Http2Headers headers(final String path) {
        return Http2Client.request("POST", path)
                .add("content-type", "application/grpc")
                .add("te", "trailers");
    }

    static byte[] frame(final byte[] message) {
        return ByteBuffer.allocate(5 + message.length)
                .put((byte) 0)
                .putInt(message.length)
                .put(message)
                .array();
    }

    private Answer call(final String path, final byte[] message) {
        final Answer answer = client.open(headers(path), false);
        client.send(answer, frame(message), true);
        client.exchange();
        return answer;
    }

    private static void assertStatus(final int status, final String text, final Answer answer) {
        assertTrue(answer.isComplete);
        assertEquals("200", answer.status());
        assertEquals(Integer.toString(status), answer.trailer("grpc-status"));
        assertEquals(text, answer.trailer("grpc-message"));
    }

    /** The only message of an answer, without its frame. */
    static byte[] message(final Answer answer) {
        final byte[] bytes = answer.body.toString().getBytes(StandardCharsets.ISO_8859_1);
        assertEquals(bytes.length - 5, ByteBuffer.wrap(bytes).getInt(1));
        return java.util.Arrays.copyOfRange(bytes, 5, bytes.length);
    }

    // --- unary calls ---

    @Test
    void shouldHandOverAWriteAsItCameAndAnswerWithAHeader() {
        engine.kv = asked -> engine.kvResult(asked.id(), 300, new byte[0]);

        final Answer answer = call(PUT, PUT_A);

        assertEquals(KvCommand.PUT, engine.lastKv().type());
        assertArrayEquals(PUT_A, engine.lastKv().body());
        assertStatus(0, null, answer);
        assertEquals("application/grpc", answer.header("content-type"));
        final byte[] message = message(answer);
        assertEquals(0x0a, message[0]);
        // Member 7, revision 300, term 2, behind the cluster's id.
        assertArrayEquals(
                new byte[] {0x10, 7, 0x18, (byte) 0xac, 2, 0x20, 2},
                java.util.Arrays.copyOfRange(message, message.length - 7, message.length));
        assertTrue(client.server.loop.isIdle());
    }

    @ParameterizedTest
    @CsvSource({"0,true", "1,false"})
    void shouldReadLinearizableUnlessTheClientSaysOtherwise(
            final byte serializable, final boolean isQuorum) {
        call(RANGE, new byte[] {0x0a, 1, 'a', 0x38, serializable});

        assertEquals(KvCommand.RANGE, engine.lastKv().type());
        assertEquals(isQuorum, (engine.lastKv().flags() & CommandEnvelope.QUORUM) != 0);
    }

    @Test
    void shouldTellWhyTheEngineRefuses() {
        engine.kv = asked -> engine.kvError(asked.id(), KvError.COMPACTED);

        assertStatus(
                11, "etcdserver: mvcc: required revision has been compacted", call(RANGE, RANGE_A));

        engine.kv =
                asked -> engine.error(asked.id(), ErrorCode.RAFT_INTERNAL, "etcdserver: no leader");
        assertStatus(14, "etcdserver: no leader", call(PUT, PUT_A));

        engine.kv = asked -> engine.error(asked.id(), ErrorCode.STORE_FULL, "full");
        assertStatus(8, "etcdserver: mvcc: database space exceeded", call(PUT, PUT_A));

        engine.isFull = true;
        assertStatus(2, "etcdserver: too many requests", call(PUT, PUT_A));
    }

    @Test
    void shouldEscapeTexts() {
        engine.kv = asked -> engine.error(asked.id(), ErrorCode.RAFT_INTERNAL, "50% \u00e9");

        assertEquals("50%25 %EF%BF%BD", call(PUT, PUT_A).trailer("grpc-message"));
    }

    @Test
    void shouldAnswerSeveralCallsInAnyOrder() {
        final Answer first = call(PUT, PUT_A);
        final Answer second = call(RANGE, RANGE_A);
        engine.kvResult(engine.kvCommands.get(1).id(), 1, new byte[0]);
        engine.handler.onBatchEnd();
        client.exchange();

        assertTrue(second.isComplete);
        assertFalse(first.isComplete);
        engine.kvResult(engine.kvCommands.get(0).id(), 2, new byte[0]);
        engine.handler.onBatchEnd();
        client.exchange();
        assertTrue(first.isComplete);
    }

    // --- messages and frames ---

    @Test
    void shouldPutMessagesTogetherFromPieces() {
        final byte[] frame = frame(PUT_A);
        final Answer answer = client.open(headers(PUT), false);
        for (int i = 0; i < frame.length; i++) {
            client.send(answer, new byte[] {frame[i]}, i == frame.length - 1);
            client.exchange();
        }

        assertArrayEquals(PUT_A, engine.lastKv().body());
        assertEquals(0, client.server.loop.inputBudget().usedBytes());
    }

    @Test
    void shouldTakeSeveralMessagesOfOnePiece() {
        final Answer answer = client.open(headers("/etcdserverpb.Lease/LeaseKeepAlive"), false);
        final byte[] frame = frame(new byte[] {8, 5});
        client.send(
                answer,
                ByteBuffer.allocate(2 * frame.length + 3)
                        .put(frame)
                        .put(frame)
                        .put(frame, 0, 3)
                        .array(),
                false);
        client.exchange();

        assertEquals(1, engine.kvCommands.size());
        assertEquals(16, engine.lastKv().body().length);
    }

    @Test
    void shouldRefuseWhatIsTooLong() {
        final Answer answer = client.open(headers(PUT), false);
        client.send(answer, new byte[] {0, 0, 0x20, 0, 1}, false);
        client.exchange();

        assertStatus(8, "grpc: received message larger than max (2097153 vs. 2097152)", answer);
        assertEquals(Http2Error.NO_ERROR.code(), answer.error);
        assertEquals(0, client.server.loop.inputBudget().usedBytes());
    }

    @Test
    void shouldRefuseACommandThatIsTooLong() {
        final byte[] put = new byte[(3 << 19) + 1];
        final int valueLength = put.length - 3 - 5;
        ByteBuffer.wrap(put)
                .put(new byte[] {0x0a, 1, 'a', 0x12})
                .put((byte) (valueLength & 0x7f | 0x80))
                .put((byte) (valueLength >> 7 & 0x7f | 0x80))
                .put((byte) (valueLength >> 14 & 0x7f | 0x80))
                .put((byte) (valueLength >> 21));

        assertStatus(3, "etcdserver: request is too large", call(PUT, put));
    }

    @Test
    void shouldRefuseWhatIsCompressed() {
        final Answer answer = client.open(headers(PUT), false);
        client.send(answer, new byte[] {1, 0, 0, 0, 0}, true);
        client.exchange();
        assertEquals("12", answer.trailer("grpc-status"));

        final Answer named = client.open(headers(PUT).add("grpc-encoding", "gzip"), false);
        client.send(named, frame(PUT_A), true);
        client.exchange();
        assertEquals("12", named.trailer("grpc-status"));
    }

    @Test
    void shouldRefuseACallWithoutARequestAndOneWithTwo() {
        final Answer none = client.open(headers(PUT), true);
        client.exchange();
        assertEquals("13", none.trailer("grpc-status"));

        final Answer half = client.open(headers(PUT), false);
        client.send(half, new byte[] {0, 0}, true);
        client.exchange();
        assertEquals("13", half.trailer("grpc-status"));

        final Answer two = client.open(headers(PUT), false);
        client.send(two, frame(PUT_A), false);
        client.send(two, frame(PUT_A), true);
        client.exchange();
        assertEquals("13", two.trailer("grpc-status"));
        assertTrue(client.server.loop.isIdle());
    }

    @Test
    void shouldRefuseWhatIsNoGrpc() {
        final Answer json =
                client.open(
                        Http2Client.request("POST", PUT).add("content-type", "application/json"),
                        true);
        final Answer get = client.open(Http2Client.request("GET", PUT), true);
        client.exchange();

        assertEquals("415", json.status());
        assertEquals("405", get.status());
    }

    @ParameterizedTest
    @CsvSource({
        "/etcdserverpb.KV/Nothing,unknown method Nothing for service etcdserverpb.KV",
        "/no.Service/Nothing,unknown service no.Service",
        "/x,unknown service /x"
    })
    void shouldNotKnowOtherMethods(final String path, final String text) {
        assertStatus(12, text, call(path, PUT_A));
    }

    @ParameterizedTest
    @CsvSource({
        "/etcdserverpb.Auth/AuthEnable",
        "/etcdserverpb.Maintenance/Snapshot",
        "/v3lockpb.Lock/Lock",
        "/v3electionpb.Election/Observe"
    })
    void shouldSayWhatIsToCome(final String path) {
        final Answer answer = call(path, new byte[0]);

        assertEquals("12", answer.trailer("grpc-status"));
        assertTrue(answer.trailer("grpc-message").endsWith(" is not implemented yet"));
    }

    @Test
    void shouldSayToWhoBringsAPasswordThatNoneIsNeeded() {
        assertStatus(
                9,
                "etcdserver: authentication is not enabled",
                call("/etcdserverpb.Auth/Authenticate", new byte[0]));
    }

    // --- answers that are sent as a whole ---

    @Test
    void shouldSayThatItsTableFollowsTheClients() {
        engine.kv = asked -> engine.kvResult(asked.id(), 300, new byte[0]);
        assertStatus(0, null, call(RANGE, RANGE_A));

        // The client takes no block of headers any more that does not begin with the new size.
        client.settings(new Http2Settings().headerTableSize(0));
        assertStatus(0, null, call(RANGE, RANGE_A));
        assertStatus(0, null, call(RANGE, RANGE_A));

        client.settings(new Http2Settings().headerTableSize(50));
        assertEquals("12", call("/none/None", RANGE_A).trailer("grpc-status"));
        assertStatus(0, null, call(RANGE, RANGE_A));
    }

    @Test
    void shouldSayThatItsTableFollowsTheClientsBehindAWindow() {
        client.window(0);
        final Answer answer = call(RANGE, RANGE_A);
        engine.kvResult(engine.lastKv().id(), 300, new byte[50]);
        client.settings(new Http2Settings().headerTableSize(0));

        client.window(1000);

        assertStatus(0, null, answer);
    }

    @Test
    void shouldAnswerInPiecesWhoseWindowIsSmall() {
        client.window(7);
        client.isReading = false;
        final Answer answer = call(RANGE, RANGE_A);
        engine.kvResult(engine.lastKv().id(), 300, new byte[50]);
        client.exchange();
        assertEquals("200", answer.status());
        assertEquals(7, answer.body.length());
        assertFalse(answer.isComplete);

        client.isReading = true;
        client.takeAll(answer);

        assertStatus(0, null, answer);
        final byte[] message = message(answer);
        assertArrayEquals(
                new byte[50],
                java.util.Arrays.copyOfRange(message, message.length - 50, message.length));
        assertTrue(client.server.loop.isIdle());
    }

    @Test
    void shouldNotLookAtABodyThatIsGivenBack() {
        client.server.channel.config().setAllocator(new BusyAllocator());
        engine.kv = asked -> engine.kvResult(asked.id(), 300, new byte[50]);

        assertStatus(0, null, call(RANGE, RANGE_A));
        assertStatus(0, null, call(RANGE, RANGE_A));
    }

    /** Its buffers have another content as soon as they are given back. */
    private static final class BusyAllocator extends AbstractByteBufAllocator {
        BusyAllocator() {
            super(true);
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }

        @Override
        protected ByteBuf newHeapBuffer(final int capacity, final int maxCapacity) {
            return UnpooledByteBufAllocator.DEFAULT.heapBuffer(capacity, maxCapacity);
        }

        @Override
        protected ByteBuf newDirectBuffer(final int capacity, final int maxCapacity) {
            return new UnpooledUnsafeDirectByteBuf(this, capacity, maxCapacity) {
                @Override
                protected void deallocate() {
                    super.deallocate();
                    setIndex(0, 1);
                }
            };
        }
    }

    @Test
    void shouldKeepNothingOfAnAnswerThatNobodyTakes() {
        client.window(0);
        final Answer answer = call(RANGE, RANGE_A);
        engine.kvResult(engine.lastKv().id(), 300, new byte[50]);
        client.exchange();
        assertFalse(answer.isComplete);

        client.reset(answer);

        assertTrue(client.server.loop.isIdle());
        assertEquals(0, client.server.outputBudget.usedBytes());
    }

    @Test
    void shouldStopWhoStillSendsWhenTheAnswerIsThere() {
        engine.kv = asked -> engine.kvResult(asked.id(), 300, new byte[0]);

        final Answer answer = client.open(headers(PUT), false);
        client.send(answer, frame(PUT_A), false);
        client.exchange();

        assertStatus(0, null, answer);
        assertEquals(Http2Error.NO_ERROR.code(), answer.error);
        assertTrue(client.server.loop.isIdle());
    }

    @Test
    void shouldAnswerWhatIsUnderWayBeforeItCloses() {
        final Answer answer = call(PUT, PUT_A);
        client.server.channel.close();
        client.exchange();
        assertEquals(0L, client.goAwayError);
        assertTrue(client.server.channel.isOpen());

        engine.kvResult(engine.lastKv().id(), 300, new byte[0]);
        client.exchange();

        assertStatus(0, null, answer);
        assertFalse(client.server.channel.isOpen());
    }

    // --- time, and ends ---

    @Test
    void shouldGiveUpWhenTheClientDoes() {
        final Answer answer = client.open(headers(PUT).add("grpc-timeout", "500m"), false);
        client.send(answer, frame(PUT_A), true);
        client.exchange();

        client.server.advanceMs(400);
        client.exchange();
        assertFalse(answer.isComplete);
        for (int i = 0; i < 5; i++) {
            client.server.advanceMs(100);
            client.exchange();
        }

        assertStatus(4, "context deadline exceeded", answer);
        assertTrue(client.server.loop.isIdle());
    }

    @Test
    void shouldGiveUpWhenTheEngineDoesNotAnswer() {
        final Answer answer = call(PUT, PUT_A);

        client.server.advanceMs(8_000);
        client.exchange();

        assertStatus(14, "etcdserver: request timed out", answer);
        assertTrue(client.server.loop.isIdle());
        engine.kvResult(engine.lastKv().id(), 1, new byte[0]);
    }

    @Test
    void shouldRefuseTimesThatAreNone() {
        final Answer answer = client.open(headers(PUT).add("grpc-timeout", "soon"), true);
        client.exchange();

        assertEquals("13", answer.trailer("grpc-status"));
    }

    @Test
    void shouldForgetCallsThatAreCanceled() {
        final Answer answer = call(PUT, PUT_A);

        client.reset(answer);

        assertTrue(client.server.loop.isIdle());
        engine.kvResult(engine.lastKv().id(), 1, new byte[0]);
        assertNull(answer.headers);
    }

    @Test
    void shouldNotServeWithoutServices() {
        try (Http2Client without = new Http2Client()) {
            final Answer answer = without.open(headers(PUT), true);
            without.exchange();

            assertEquals("404", answer.status());
        }
    }

    // --- long answers ---

    @Test
    void shouldTellALongAnswerAsTheClientTakesIt() {
        client.close();
        final Client server = new Client(new HttpContext().v3(V3Options.DEFAULT));
        try (Http2Client slow = new Http2Client(server, new Http2Settings().initialWindowSize(0))) {
            final Answer answer = slow.open(headers(RANGE), false);
            slow.send(answer, frame(RANGE_A), true);
            slow.exchange();
            final long id = server.engine.lastKv().id();
            server.engine.tell(Reply.Kind.READ_OPENED, id);
            assertEquals(1, server.engine.commands.size());

            final int total = 10 * Reply.PART_BYTES;
            part(server.engine, id, total, Reply.PART_BYTES, true, false);
            slow.exchange();
            assertEquals(1, more(server.engine), "one part waits, and no other is asked for");

            slow.window(1 << 20);
            for (int i = 1; i < 10; i++) {
                slow.exchange();
                assertEquals(i + 1, more(server.engine));
                part(server.engine, id, total, Reply.PART_BYTES, false, i == 9);
            }
            slow.exchangeInTime();

            assertTrue(answer.isComplete);
            assertEquals("0", answer.trailer("grpc-status"));
            assertTrue(message(answer).length > total);
            assertTrue(server.loop.isIdle());
            assertEquals(0, server.outputBudget.usedBytes());
        }
    }

    private static int more(final FakeEngine engine) {
        return engine.commands.size();
    }

    private static void part(
            final FakeEngine engine,
            final long id,
            final long total,
            final int length,
            final boolean isFirst,
            final boolean isLast) {
        final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer();
        final int at = isFirst ? KvReply.encodeSlicedHead(bytes, 0, total) : 0;
        bytes.setMemory(at, length, (byte) 'x');
        engine.part(id, 5, bytes, at + length, isLast);
        engine.handler.onBatchEnd();
    }

    @Test
    void shouldEndALongAnswerThatCannotGoOn() {
        final Answer answer = call(RANGE, RANGE_A);
        final long id = engine.lastKv().id();
        engine.tell(Reply.Kind.READ_OPENED, id);
        part(engine, id, 1_000, 10, true, false);

        engine.tell(Reply.Kind.READ_CUT, id);
        engine.handler.onBatchEnd();
        client.exchange();

        assertEquals(Http2Error.INTERNAL_ERROR.code(), answer.error);
        assertTrue(client.server.loop.isIdle());
        assertEquals(0, client.server.outputBudget.usedBytes());
    }

    // --- clients that do not go on ---

    private void pass(final int seconds) {
        for (int i = 0; i < seconds; i++) {
            client.server.advanceMs(1_000);
            client.exchange();
        }
    }

    @Test
    void shouldNotWaitForeverForARequest() {
        final Answer silent = client.open(headers(PUT), false);
        final Answer half = client.open(headers(PUT), false);
        client.send(half, new byte[] {0, 0, 1, 0, 0, 1}, false);
        // Not with the other in one tick: the test's channel flushes in the midst of a frame.
        pass(1);
        final Answer streaming = client.open(headers(KEEP_ALIVE), false);
        client.send(streaming, new byte[] {0, 0, 0}, false);
        final Answer idle = client.open(headers(KEEP_ALIVE), false);
        pass(30);
        client.send(half, new byte[1_000], false);
        pass(31);

        assertStatus(4, "the rest of the request did not come in time", silent);
        assertEquals("4", streaming.trailer("grpc-status"));
        assertFalse(half.isComplete, "it goes on");
        pass(35);
        assertEquals("4", half.trailer("grpc-status"));
        assertFalse(idle.isComplete);
        assertEquals(0, client.server.loop.inputBudget().usedBytes());
        assertTrue(client.server.loop.isIdle());
    }

    @Test
    void shouldHandOverNoMoreKeepAlivesThanAreAnswered() {
        final int count = 3_000;
        final byte[] frame = frame(new byte[] {8, 5});
        final ByteBuffer all = ByteBuffer.allocate(count * frame.length);
        for (int i = 0; i < count; i++) {
            all.put(frame);
        }
        final Answer answer = client.open(headers(KEEP_ALIVE), false);
        client.send(answer, all.array(), true);
        client.exchange();
        assertEquals(1, engine.kvCommands.size());
        assertEquals(8 * 1_024, engine.lastKv().body().length);

        int answered = 0;
        while (answered < engine.kvCommands.size()) {
            final FakeEngine.KvAsked asked = engine.kvCommands.get(answered++);
            engine.kvResult(asked.id(), 9, new byte[2 * asked.body().length]);
            engine.handler.onBatchEnd();
            client.exchange();
        }

        assertEquals(3, answered);
        assertTrue(answer.isComplete);
        assertEquals("0", answer.trailer("grpc-status"));
        assertTrue(client.server.loop.isIdle());
    }

    @Test
    void shouldHandOverNothingOfWhoDoesNotReadItsAnswers() {
        client.close();
        final Client server = new Client(new HttpContext().v3(V3Options.DEFAULT));
        try (Http2Client slow = new Http2Client(server, new Http2Settings().initialWindowSize(0))) {
            final FakeEngine asked = server.engine;
            asked.kv = one -> asked.kvResult(one.id(), 9, new byte[2 * one.body().length]);
            final Answer answer = slow.open(headers(KEEP_ALIVE), false);
            for (int i = 0; i < 1_000; i++) {
                slow.send(answer, frame(new byte[] {8, 5}), false);
                slow.exchange();
            }
            final int taken = asked.kvCommands.size();
            assertTrue(taken < 300, () -> "taken: " + taken);

            slow.window(1 << 20);
            slow.exchange();

            assertEquals(
                    1_000, asked.kvCommands.stream().mapToInt(one -> one.body().length / 8).sum());
        }
    }
}
