package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvError;
import io.larch.engine.codec.kv.KvReply;
import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.codec.kv.RangeChunk;
import io.larch.engine.port.Reply;
import io.larch.http.Http2Client.Answer;
import io.netty.handler.codec.http2.Http2Settings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** KV.RangeStream at the edge: what is asked of the engine, when, and what the client gets. */
class RangeStreamTest {
    private static final String PATH = "/etcdserverpb.KV/RangeStream";
    private static final byte[] NOTHING = {};

    /** From a to b. */
    private static final byte[] RANGE = {0x0a, 1, 'a', 0x12, 1, 'b'};

    private static final int WINDOW = 64 << 10;

    private Http2Client client = client(WINDOW);
    private FakeEngine engine = client.server.engine;

    private static Http2Client client(final int window) {
        return new Http2Client(
                new Client(new HttpContext().v3(V3Options.DEFAULT).memberId(7)),
                new Http2Settings().initialWindowSize(window));
    }

    @AfterEach
    void closeClient() {
        client.close();
        assertEquals(0, client.server.counters.faults());
    }

    private Answer ask(final byte[] request) {
        final Answer answer = client.open(GrpcTest.headers(PATH), false);
        client.send(answer, GrpcTest.frame(request), true);
        client.exchange();
        return answer;
    }

    private static byte[] body(final byte[] fields, final byte[] cursor) {
        final UnsafeBuffer body =
                new UnsafeBuffer(
                        new byte[RangeChunk.FIELDS_OFFSET + fields.length + cursor.length]);
        RangeChunk.fieldsLength(body, 0, fields.length);
        body.putBytes(RangeChunk.FIELDS_OFFSET, fields);
        body.putBytes(RangeChunk.FIELDS_OFFSET + fields.length, cursor);
        return body.byteArray();
    }

    /** The engine answers what it was asked last. */
    private void answer(final byte[] fields, final byte... cursor) {
        engine.kvResult(engine.lastKv().id(), 9, body(fields, cursor));
        engine.handler.onBatchEnd();
        client.exchange();
    }

    private static byte[] kv(final int length) {
        final byte[] field = new byte[length];
        Arrays.fill(field, (byte) 'x');
        return field;
    }

    private static List<byte[]> messages(final Answer answer) {
        final ByteBuffer body =
                ByteBuffer.wrap(answer.body.toString().getBytes(StandardCharsets.ISO_8859_1));
        final List<byte[]> messages = new ArrayList<>();
        while (body.hasRemaining()) {
            assertEquals(0, body.get());
            final byte[] message = new byte[body.getInt()];
            body.get(message);
            final ProtoReader reader =
                    new ProtoReader().wrap(new UnsafeBuffer(message), 0, message.length);
            assertTrue(reader.next());
            assertEquals(1, reader.field());
            messages.add(
                    Arrays.copyOfRange(
                            message, reader.offset(), reader.offset() + reader.length()));
            assertFalse(reader.next());
        }
        return messages;
    }

    private byte[] cursorAsked() {
        final UnsafeBuffer body = new UnsafeBuffer(engine.lastKv().body());
        assertTrue(RangeChunk.isWellFormed(body, 0, body.capacity()));
        final byte[] cursor = new byte[RangeChunk.cursorLength(body, 0)];
        body.getBytes(RangeChunk.cursorOffset(0), cursor);
        return cursor;
    }

    private int bytesAsked() {
        return RangeChunk.maxBytes(new UnsafeBuffer(engine.lastKv().body()), 0);
    }

    private boolean isQuorumAsked() {
        return (engine.lastKv().flags() & CommandEnvelope.QUORUM) != 0;
    }

    private void assertIdle() {
        assertTrue(client.server.loop.isIdle());
        assertEquals(0, client.server.outputBudget.usedBytes());
    }

    @Test
    void shouldTellChunksAndTheHeaderInTheLast() {
        final Answer answer = ask(RANGE);
        assertEquals(KvCommand.RANGE_CHUNK, engine.lastKv().type());
        assertTrue(isQuorumAsked());
        assertEquals(0, cursorAsked().length);
        final byte[] body = engine.lastKv().body();
        assertArrayEquals(RANGE, Arrays.copyOfRange(body, body.length - RANGE.length, body.length));

        answer(kv(3), (byte) 1, (byte) 2);
        assertFalse(isQuorumAsked(), "it reads at the first one's revision");
        assertArrayEquals(new byte[] {1, 2}, cursorAsked());
        assertEquals(1, messages(answer).size());
        answer(NOTHING, (byte) 3);
        assertEquals(1, messages(answer).size(), "a chunk without keys is none");
        assertArrayEquals(new byte[] {3}, cursorAsked());
        answer(new byte[] {0x20, 5});

        assertTrue(answer.isComplete);
        assertEquals("0", answer.trailer("grpc-status"));
        final List<byte[]> told = messages(answer);
        assertEquals(2, told.size());
        assertArrayEquals(kv(3), told.get(0));
        final byte[] last = told.get(1);
        // Member 7, revision 9, term 2, then the count.
        assertArrayEquals(
                new byte[] {0x10, 7, 0x18, 9, 0x20, 2, 0x20, 5},
                Arrays.copyOfRange(last, last.length - 8, last.length));
        assertIdle();
    }

    @Test
    void shouldReadHereWhenAskedTo() {
        ask(new byte[] {0x0a, 1, 'a', 0x38, 1});
        assertFalse(isQuorumAsked());
    }

    /** order, target, and the four filters. */
    @ParameterizedTest
    @ValueSource(strings = {"2802", "28023000", "28013001", "3001", "5001", "5801", "6001", "6801"})
    void shouldNotSortNorFilter(final String fields) {
        final Answer answer = ask(request(fields));

        assertEquals("12", answer.trailer("grpc-status"));
        assertTrue(engine.kvCommands.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"2801", "28013000", "3000", "5000"})
    void shouldTakeTheOrderThatItHas(final String fields) {
        ask(request(fields));
        assertEquals(1, engine.kvCommands.size());
    }

    private static byte[] request(final String fields) {
        final byte[] request = Arrays.copyOf(RANGE, RANGE.length + fields.length() / 2);
        for (int i = 0; i < fields.length(); i += 2) {
            request[RANGE.length + i / 2] = (byte) Integer.parseInt(fields.substring(i, i + 2), 16);
        }
        return request;
    }

    @Test
    void shouldRefuseWhatRangeRefuses() {
        assertEquals(
                "etcdserver: key is not provided",
                ask(new byte[] {0x12, 1, 'b'}).trailer("grpc-message"));
        assertEquals("13", ask(new byte[] {0x0a, 9, 'b'}).trailer("grpc-status"));
        engine.isFull = true;
        assertEquals("etcdserver: too many requests", ask(RANGE).trailer("grpc-message"));
        assertIdle();
    }

    @Test
    void shouldEndWithTheErrorOfAChunk() {
        final Answer answer = ask(RANGE);
        answer(kv(3), (byte) 1);
        engine.kvError(engine.lastKv().id(), KvError.COMPACTED);
        engine.handler.onBatchEnd();
        client.exchange();

        assertEquals("11", answer.trailer("grpc-status"));
        assertEquals(
                "etcdserver: mvcc: required revision has been compacted",
                answer.trailer("grpc-message"));
        assertEquals(1, messages(answer).size());
        assertIdle();
    }

    @Test
    void shouldAskForNothingMoreWhileTheClientDoesNotRead() {
        client.isReading = false;
        final Answer answer = ask(RANGE);
        answer(kv(WINDOW), (byte) 1);
        assertEquals(1, engine.kvCommands.size());
        for (int i = 0; i < 100; i++) {
            client.server.advanceMs(60_000);
            client.exchange();
        }
        assertEquals(1, engine.kvCommands.size(), "as long as it likes");
        assertFalse(answer.isComplete);

        client.takeAll(answer);
        assertEquals(2, engine.kvCommands.size());
        client.isReading = true;
        client.takeAll(answer);
        answer(new byte[] {0x20, 1});
        assertEquals("0", answer.trailer("grpc-status"));
        assertIdle();
    }

    @ParameterizedTest
    @CsvSource({"1000,65536", "300000,300000", "1073741824,1572864"})
    void shouldAskForAsMuchAsTheWindowHasRoomFor(final int window, final int asked) {
        client.close();
        client = client(window);
        engine = client.server.engine;
        ask(RANGE);

        assertEquals(asked, bytesAsked());
    }

    @Test
    void shouldForgetWhatIsCanceled() {
        final Answer asked = ask(RANGE);
        client.reset(asked);
        assertEquals(CommandType.CANCEL, engine.last().type());

        client.isReading = false;
        final Answer waiting = ask(RANGE);
        answer(kv(WINDOW), (byte) 1);
        client.reset(waiting);

        assertEquals(2, engine.kvCommands.size());
        assertIdle();
    }

    @Test
    void shouldEndWhenTheMemberStops() {
        client.isReading = false;
        final Answer answer = ask(RANGE);
        answer(kv(WINDOW), (byte) 1);
        client.server.channel.close();
        client.takeAll(answer);

        assertEquals("14", answer.trailer("grpc-status"));
        assertEquals("etcdserver: server stopped", answer.trailer("grpc-message"));
    }

    @Test
    void shouldGiveUpWhenTheEngineDoesNotAnswer() {
        final Answer answer = ask(RANGE);
        answer(kv(3), (byte) 1);
        for (int i = 0; i < 60; i++) {
            client.server.advanceMs(1_000);
            client.exchange();
        }
        assertEquals("etcdserver: request timed out", answer.trailer("grpc-message"));
        assertIdle();
    }

    @Test
    void shouldTellAKeyThatIsLongAsTheClientTakesIt() {
        final Answer answer = ask(RANGE);
        final long id = engine.lastKv().id();
        final byte[] key = kv(3 * Reply.PART_BYTES);
        final byte[] body = body(key, new byte[] {4, 5});
        engine.tell(Reply.Kind.READ_OPENED, id);
        final ExpandableArrayBuffer bytes = new ExpandableArrayBuffer();
        int at = KvReply.encodeSlicedHead(bytes, 0, body.length);
        bytes.putBytes(at, body);
        at += body.length;
        final int parts = (at + Reply.PART_BYTES - 1) / Reply.PART_BYTES;
        for (int i = 0; i < parts; i++) {
            final int from = i * Reply.PART_BYTES;
            final int length = Math.min(Reply.PART_BYTES, at - from);
            assertEquals(i + 1, engine.commands.size(), "parts that were asked for");
            engine.part(id, 9, new UnsafeBuffer(bytes, from, length), length, i == parts - 1);
            engine.handler.onBatchEnd();
            client.exchange();
        }
        assertArrayEquals(new byte[] {4, 5}, cursorAsked());
        assertEquals(2, engine.kvCommands.size());
        answer(new byte[] {0x20, 1});

        assertTrue(answer.isComplete);
        assertArrayEquals(key, messages(answer).get(0));
        assertIdle();
    }

    @Test
    void shouldEndWhereAPartCannotFollow() {
        final Answer answer = ask(RANGE);
        final long id = engine.lastKv().id();
        engine.tell(Reply.Kind.READ_OPENED, id);
        engine.tell(Reply.Kind.READ_CUT, id);
        engine.handler.onBatchEnd();
        client.exchange();

        assertNull(answer.error);
        assertEquals("14", answer.trailer("grpc-status"));
        assertIdle();
    }
}
