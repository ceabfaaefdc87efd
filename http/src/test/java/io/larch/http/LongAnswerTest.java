package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.Action;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.port.Reply;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LongAnswerTest {
    private static final String GET = "GET /v2/keys/a HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String LONG = "<".repeat(500_000);
    private static final String LONG_JSON = "\\u003c".repeat(500_000);

    private final Client client = new Client();

    @AfterEach
    void close() {
        client.close();
        assertTrue(client.loop.isIdle());
        assertEquals(0, client.outputBudget.usedBytes());
    }

    /** Puts chunks together. */
    private static String bodyOf(final String reply) {
        final StringBuilder body = new StringBuilder();
        int at = reply.indexOf("\r\n\r\n") + 4;
        while (true) {
            final int lineEnd = reply.indexOf("\r\n", at);
            final int length = Integer.parseInt(reply.substring(at, lineEnd), 16);
            if (length == 0) {
                assertEquals(reply.length(), lineEnd + 4);
                return body.toString();
            }
            body.append(reply, lineEnd + 2, lineEnd + 2 + length);
            at = lineEnd + 4 + length;
        }
    }

    private long ask(final String request) {
        client.engine.isAnswering = false;
        assertEquals("", client.send(request));
        client.engine.isAnswering = true;
        return client.engine.last().id();
    }

    private void part(
            final long id,
            final String value,
            final int total,
            final boolean isFirst,
            final boolean isLast) {
        final UnsafeBuffer part = new UnsafeBuffer(new byte[value.length() + 100]);
        int at = 0;
        if (isFirst) {
            at = EventFlyweight.encodeHeader(part, 0, Action.GET, 0, 7);
            at =
                    EventFlyweight.encodeNode(
                            part, at, EventFlyweight.NODE_HAS_VALUE, 2, total, 0, 7, 7, 0, 0);
            part.putBytes(at, "/a".getBytes(StandardCharsets.US_ASCII));
            at += 2;
        }
        part.putBytes(at, value.getBytes(StandardCharsets.ISO_8859_1));
        client.engine.part(id, 7, part, at + value.length(), isLast);
    }

    private boolean isLastMore(final long id) {
        return client.engine.last().type() == CommandType.MORE && client.engine.last().id() == id;
    }

    @Test
    void shouldPrintALongResultInChunks() {
        client.write(
                "PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                        + (6 + LONG.length())
                        + "\r\n\r\nvalue="
                        + LONG);
        final String reply = client.receivedInTime();

        assertEquals(201, Client.statusOf(reply));
        assertEquals("chunked", Client.headerOf(reply, "Transfer-Encoding"));
        assertEquals("4", Client.headerOf(reply, "X-Etcd-Index"));
        assertEquals(
                "{\"action\":\"set\",\"node\":{\"key\":\"/a\",\"value\":\""
                        + LONG_JSON
                        + "\",\"modifiedIndex\":4,\"createdIndex\":4}}\n",
                bodyOf(reply));
        assertEquals(404, Client.statusOf(client.get("/v2/keys/b")));
    }

    @Test
    void shouldAskForPartsAsTheyAreTaken() {
        final long id = ask(GET);
        client.engine.tell(Reply.Kind.READ_OPENED, id);
        assertTrue(isLastMore(id));

        part(id, "one", 9, true, false);
        client.engine.commands.clear();
        part(id, "two", 9, false, false);
        part(id, "END", 9, false, true);
        final String reply = client.receivedInTime();

        assertEquals(200, Client.statusOf(reply));
        assertEquals("7", Client.headerOf(reply, "X-Etcd-Index"));
        assertEquals(
                "{\"action\":\"get\",\"node\":{\"key\":\"/a\",\"value\":\"onetwoEND\",\"modifiedIndex\":7,\"createdIndex\":7}}\n",
                bodyOf(reply));
        assertEquals(404, Client.statusOf(client.get("/v2/keys/b")));
    }

    @Test
    void shouldEndWithAnEmptyLastPart() {
        final long id = ask(GET);
        client.engine.tell(Reply.Kind.READ_OPENED, id);
        part(id, "one", 3, true, false);
        final String before = client.receivedInTime();
        part(id, "", 3, false, true);

        assertTrue(bodyOf(before + client.receivedInTime()).endsWith("\"createdIndex\":7}}\n"));
        assertEquals(404, Client.statusOf(client.get("/v2/keys/b")));
    }

    @Test
    void shouldTellOnlyTheHeadToHead() {
        final long id = ask("HEAD /v2/keys/a HTTP/1.1\r\nHost: x\r\n\r\n");
        client.engine.tell(Reply.Kind.READ_OPENED, id);
        part(id, "one", 9, true, false);

        final String reply = client.receivedInTime();
        assertEquals(200, Client.statusOf(reply));
        assertEquals("", Client.bodyOf(reply));
        assertEquals(CommandType.CANCEL, client.engine.last().type());
        assertEquals(404, Client.statusOf(client.get("/v2/keys/b")));
    }

    @Test
    void shouldTellOnlyTheHeadOfALongResultToHead() {
        final long id = ask("HEAD /v2/keys/a HTTP/1.1\r\nHost: x\r\n\r\n");
        client.engine.result(id, false, Action.GET, "/a", LONG.getBytes(StandardCharsets.US_ASCII));
        final String reply = client.receivedInTime();

        assertEquals(200, Client.statusOf(reply));
        assertEquals("", Client.bodyOf(reply));
        assertEquals(404, Client.statusOf(client.get("/v2/keys/b")));
    }

    @Test
    void shouldTellOnlyTheHeadOfALongErrorToHead() {
        final long id = ask("HEAD /v2/keys/a HTTP/1.1\r\nHost: x\r\n\r\n");
        client.engine.error(id, ErrorCode.KEY_NOT_FOUND, LONG);
        final String reply = client.receivedInTime();

        assertEquals(404, Client.statusOf(reply));
        assertEquals("", Client.bodyOf(reply));
        assertEquals(404, Client.statusOf(client.get("/v2/keys/b")));
    }

    @Test
    void shouldPutNoErrorBehindPartsThatWereTold() {
        final long id = ask(GET);
        client.engine.tell(Reply.Kind.READ_OPENED, id);
        part(id, "one", 9, true, false);
        client.engine.error(id, ErrorCode.KEY_NOT_FOUND, "/a");

        assertFalse(client.receivedInTime().contains("errorCode"));
        assertFalse(client.isOpen());
    }

    @Test
    void shouldEndALongReplyToHttp10WithTheConnection() {
        final long id = ask("GET /v2/keys/a HTTP/1.0\r\n\r\n");
        client.engine.tell(Reply.Kind.READ_OPENED, id);
        part(id, "one", 3, true, true);

        final String reply = client.receivedInTime();
        assertTrue(
                reply.endsWith(
                        "\r\n\r\n{\"action\":\"get\",\"node\":{\"key\":\"/a\",\"value\":\"one\",\"modifiedIndex\":7,\"createdIndex\":7}}\n"));
        assertFalse(client.isOpen());
    }

    @Test
    void shouldTakeBackALongReadWhoseClientLeaves() {
        final long id = ask(GET);
        client.engine.tell(Reply.Kind.READ_OPENED, id);
        part(id, "one", 9, true, false);
        client.channel.close();

        assertEquals(CommandType.CANCEL, client.engine.last().type());
        assertEquals(id, client.engine.last().id());
    }

    @Test
    void shouldTakeBackALongReadThatIsAnnouncedToNobody() {
        final long id = ask(GET);
        client.channel.close();
        client.engine.tell(Reply.Kind.READ_OPENED, id);

        assertEquals(CommandType.CANCEL, client.engine.last().type());
    }

    @Test
    void shouldPassOnAnErrorInPlaceOfTheFirstPart() {
        final long id = ask(GET);
        client.engine.tell(Reply.Kind.READ_OPENED, id);
        client.engine.error(id, ErrorCode.KEY_NOT_FOUND, "/a");

        assertEquals(404, Client.statusOf(client.received()));
    }

    @Test
    void shouldCloseWhenTheEngineGivesUpALongRead() {
        final long id = ask(GET);
        client.engine.tell(Reply.Kind.READ_OPENED, id);
        part(id, "one", 9, true, false);
        client.engine.tell(Reply.Kind.READ_CUT, id);

        client.received();
        assertFalse(client.isOpen());
    }

    @Test
    void shouldRefuseALongReadThatTheEngineCannotBegin() {
        final long id = ask(GET);
        client.engine.tell(Reply.Kind.READ_OPENED, id);
        client.engine.tell(Reply.Kind.READ_CUT, id);

        assertEquals(500, Client.statusOf(client.received()));
    }

    @Test
    void shouldHaveALongReadWaitForMemory() {
        client.outputBudget.take(client.loop.context().maxOutputBytes());
        final long id = ask(GET);
        client.engine.tell(Reply.Kind.READ_OPENED, id);
        assertFalse(isLastMore(id));

        client.outputBudget.give(client.loop.context().maxOutputBytes());
        client.advanceMs(300);
        assertTrue(isLastMore(id));

        part(id, "one", 3, true, true);
        assertEquals(200, Client.statusOf(client.receivedInTime()));
    }

    /** Parts come when they come: the memory for those that may wait is there before. */
    @Test
    void shouldTakeTheMemoryOfItsPartsBeforeItAsksForThem() {
        final long id = ask(GET);
        client.engine.tell(Reply.Kind.READ_OPENED, id);
        assertTrue(isLastMore(id));
        final long used = client.outputBudget.usedBytes();
        assertTrue(used >= LongRead.PARTS * Reply.PART_BYTES, () -> "used: " + used);

        final String half = "v".repeat(Reply.PART_BYTES / 2);
        part(id, half, 2 * half.length(), true, false);
        assertEquals(used, client.outputBudget.usedBytes());
        part(id, half, 2 * half.length(), false, true);
        assertEquals(200, Client.statusOf(client.receivedInTime()));
        assertEquals(0, client.outputBudget.usedBytes());
    }

    @Test
    void shouldAnswerALongReadThatWaitsForMemoryInVain() {
        client.outputBudget.take(client.loop.context().maxOutputBytes());
        final long id = ask(GET);
        client.engine.tell(Reply.Kind.READ_OPENED, id);
        client.advanceMs(10_000);

        assertEquals(500, Client.statusOf(client.received()));
        assertEquals(CommandType.CANCEL, client.engine.last().type());
        client.outputBudget.give(client.loop.context().maxOutputBytes());
        client.advanceMs(300);
        assertEquals(CommandType.CANCEL, client.engine.last().type());
    }

    @Test
    void shouldAskForLittleWhenMemoryIsScarce() {
        client.outputBudget.take(client.loop.context().maxOutputBytes() / 2 + 1);
        ask(GET);
        assertTrue((client.engine.last().flags() & CommandEnvelope.SPARING) != 0);
        client.outputBudget.give(client.loop.context().maxOutputBytes() / 2 + 1);
    }

    @Test
    void shouldShareALongEventAndKeepTheOrderOfTheOthers() {
        final long id = ask("GET /v2/keys/a?wait=true&stream=true HTTP/1.1\r\nHost: x\r\n\r\n");
        client.engine.tell(Reply.Kind.WATCH_START, id);
        client.engine.events(Action.SET, "/a", "before", id);
        client.engine.events(Action.SET, "/a", LONG, id);
        client.engine.events(Action.SET, "/a", "behind", id);
        final String reply = client.receivedInTime();

        final int before = reply.indexOf("before");
        final int middle = reply.indexOf("\\u003c");
        final int behind = reply.indexOf("behind");
        assertTrue(0 < before && before < middle && middle < behind);
        assertEquals(LONG.length(), reply.split("\\\\u003c", -1).length - 1);
    }

    @Test
    void shouldFrameEachLongAnswerAsItsOwnRequestWants() {
        final long watch = ask("GET /v2/keys/a?wait=true&stream=true HTTP/1.1\r\nHost: x\r\n\r\n");
        client.engine.tell(Reply.Kind.WATCH_START, watch);
        client.engine.events(Action.SET, "/a", LONG, watch);
        client.receivedInTime();
        client.engine.tell(Reply.Kind.WATCH_END, watch);
        client.receivedInTime();

        final long id = ask("GET /v2/keys/a HTTP/1.0\r\n\r\n");
        client.engine.tell(Reply.Kind.READ_OPENED, id);
        part(id, "one", 3, true, true);
        final String reply = client.receivedInTime();
        assertTrue(reply.contains("\r\n\r\n{\"action\":\"get\""), reply);
    }

    @Test
    void shouldEndALongPollWithALongEvent() {
        final long id = ask("GET /v2/keys/a?wait=true HTTP/1.1\r\nHost: x\r\n\r\n");
        client.engine.tell(Reply.Kind.WATCH_START, id);
        client.engine.events(Action.SET, "/a", LONG, id);
        final String reply = client.receivedInTime();

        assertTrue(bodyOf(reply).contains(LONG_JSON));
        assertEquals(404, Client.statusOf(client.get("/v2/keys/b")));
    }

    @Test
    void shouldPrintAnErrorWithALongCauseInChunks() {
        final long id = ask(GET);
        client.engine.error(id, ErrorCode.TEST_FAILED, LONG);
        final String reply = client.receivedInTime();

        assertEquals(412, Client.statusOf(reply));
        assertTrue(
                bodyOf(reply)
                        .startsWith(
                                "{\"errorCode\":101,\"message\":\"Compare failed\",\"cause\":\"\\u003c"));
        assertTrue(bodyOf(reply).endsWith("\\u003c\",\"index\":3}\n"));
    }
}
