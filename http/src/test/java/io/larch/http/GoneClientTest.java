package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.port.Reply;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Nothing of a connection outlives it, in whatever order it asks, is answered, and ends. */
class GoneClientTest {
    private static final String HOST = " HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String LAST_CHUNK = "0\r\n\r\n";

    /** What a client may ask for. */
    private enum Ask {
        WATCH("GET /v2/keys/w?wait=true" + HOST),
        STREAM("GET /v2/keys/w?wait=true&stream=true&recursive=true" + HOST),
        OLD_WATCH("GET /v2/keys/w?wait=true HTTP/1.0\r\n\r\n"),
        QUORUM_READ("GET /v2/keys/none?quorum=true" + HOST),
        PLAIN_READ("GET /v2/keys/none" + HOST),
        WRITE(
                "PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n"
                        + "Content-Type: application/x-www-form-urlencoded\r\n\r\nvalue=1"),
        PAGE("GET /v2/members" + HOST),
        PIECE("PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\nContent-Length: 70000\r\n\r\nvalue=1");

        private final String bytes;

        Ask(final String bytes) {
            this.bytes = bytes;
        }
    }

    /** What happens to a connection. */
    private enum Step {
        ASK,
        ASK_MORE,
        ANSWER,
        HALF_CLOSE,
        CLOSE,
        RESET
    }

    /** How a connection ends; one of these is in each order. */
    private static final List<List<Step>> ENDS =
            List.of(
                    List.of(Step.HALF_CLOSE),
                    List.of(Step.CLOSE),
                    List.of(Step.RESET),
                    List.of(Step.HALF_CLOSE, Step.CLOSE),
                    List.of(Step.HALF_CLOSE, Step.RESET));

    /** All orders of two requests, the answers and an end. */
    static Stream<List<Step>> orders() {
        final List<List<Step>> all = new ArrayList<>();
        for (final List<Step> end : ENDS) {
            interleave(List.of(), List.of(Step.ASK, Step.ASK_MORE), end, 0, all);
        }
        return all.stream();
    }

    /** The order among the requests and among the parts of an end is kept; ANSWER is anywhere. */
    private static void interleave(
            final List<Step> done,
            final List<Step> requests,
            final List<Step> end,
            final int answers,
            final List<List<Step>> all) {
        if (requests.isEmpty() && end.isEmpty()) {
            all.add(done);
            return;
        }
        if (!requests.isEmpty()) {
            interleave(and(done, requests.get(0)), rest(requests), end, answers, all);
        }
        if (!end.isEmpty()) {
            interleave(and(done, end.get(0)), requests, rest(end), answers, all);
        }
        if (answers < 2 && !done.isEmpty() && done.get(done.size() - 1) != Step.ANSWER) {
            interleave(and(done, Step.ANSWER), requests, end, answers + 1, all);
        }
    }

    private static List<Step> and(final List<Step> steps, final Step next) {
        return Stream.concat(steps.stream(), Stream.of(next)).toList();
    }

    private static List<Step> rest(final List<Step> steps) {
        return steps.subList(1, steps.size());
    }

    @ParameterizedTest
    @MethodSource("orders")
    void shouldKeepNothing(final List<Step> order) {
        for (final Ask first : Ask.values()) {
            for (final Ask second : Ask.values()) {
                // An engine on another thread answers later, one on this thread at once.
                checkNothingIsKept(order, first, second, false);
                checkNothingIsKept(order, first, second, true);
            }
        }
    }

    private static void checkNothingIsKept(
            final List<Step> order, final Ask first, final Ask second, final boolean isInline) {
        final String what = order + " of " + first + " and " + second + (isInline ? " inline" : "");
        try (Client client = new Client()) {
            client.engine.isAnswering = isInline;
            for (final Step step : order) {
                take(step, client, first, second);
            }
            while (client.engine.isAnswerHeldBack()) {
                client.engine.answerHeldBack();
                client.received();
            }

            assertFalse(client.isOpen(), what);
            assertEquals(0, client.engine.openWatches.size(), what);
            assertTrue(client.loop.isIdle(), what);
            assertEquals(0, client.loop.inputBudget().usedBytes(), what);
        }
    }

    private static void take(
            final Step step, final Client client, final Ask first, final Ask second) {
        switch (step) {
            case ASK -> write(client, first);
            case ASK_MORE -> write(client, second);
            case ANSWER -> client.engine.answerHeldBack();
            case HALF_CLOSE -> endInput(client);
            case CLOSE -> client.channel.close();
            case RESET -> reset(client);
        }
        client.received();
    }

    private static void write(final Client client, final Ask ask) {
        if (client.isOpen() && !client.isInputEnded) {
            client.write(ask.bytes);
        }
    }

    private static void endInput(final Client client) {
        if (client.isOpen()) {
            client.isInputEnded = true;
            client.channel.pipeline().fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        }
    }

    private static void reset(final Client client) {
        if (client.isOpen()) {
            client.channel.pipeline().fireExceptionCaught(new IOException("reset"));
        }
    }

    @Test
    void shouldTakeBackTheWriteOfAClientThatIsGone() {
        try (Client client = new Client()) {
            client.engine.isAnswering = false;
            client.write(Ask.WRITE.bytes);
            final long id = client.engine.last().id();

            client.channel.close();

            assertEquals(CommandType.CANCEL, client.engine.last().type());
            assertEquals(id, client.engine.last().id());
        }
    }

    /** It may be gone; then its write had better not take effect any more. Or it may wait. */
    @Test
    void shouldTakeBackTheWriteOfAHalfClosedClientAndAnswerIt() {
        try (Client client = new Client()) {
            client.engine.isAnswering = false;
            client.write(Ask.WRITE.bytes);
            final long id = client.engine.last().id();

            endInput(client);

            assertEquals(CommandType.CANCEL, client.engine.last().type());
            assertEquals(id, client.engine.last().id());
            client.engine.error(id, ErrorCode.RAFT_INTERNAL, "etcdserver: request timed out");
            final String reply = client.received();
            assertTrue(reply.startsWith("HTTP/1.1 500 "), reply);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Ask.class,
            names = {"WATCH", "STREAM"})
    void shouldEndTheWatchOfAHalfClosedClientAndAnswerWhatFollows(final Ask watch) {
        try (Client client = new Client()) {
            client.write(watch.bytes + Ask.PLAIN_READ.bytes);
            endInput(client);
            final String replies = client.received();
            assertTrue(replies.contains("\r\n\r\n" + LAST_CHUNK + "HTTP/1.1 404 "), replies);
            assertFalse(client.isOpen());
        }
    }

    @Test
    void shouldEndAWatchThatStartsAfterItsClientHasLeft() {
        try (Client client = new Client()) {
            client.engine.isAnswering = false;
            client.write(Ask.PLAIN_READ.bytes + Ask.WATCH.bytes);
            endInput(client);
            client.engine.answerHeldBack();
            final String replies = client.received();
            assertTrue(replies.startsWith("HTTP/1.1 404 "), replies);
            assertTrue(replies.endsWith("\r\n\r\n" + LAST_CHUNK), replies);
            assertFalse(client.isOpen());
        }
    }

    @Test
    void shouldSendAHalfClosedClientWhatItsWatchFindsInThePast() {
        try (Client client = new Client()) {
            client.engine.isAnswering = false;
            client.write(Ask.WATCH.bytes);
            endInput(client);
            final long id = client.engine.last().id();
            client.engine.tell(Reply.Kind.WATCH_START, id);
            client.engine.events(io.larch.engine.codec.Action.SET, "/w", "1", id);
            client.engine.handler.onBatchEnd();
            final String reply = client.received();
            assertTrue(reply.contains("\"action\":\"set\""), reply);
            assertTrue(reply.endsWith(LAST_CHUNK), reply);
            assertFalse(client.isOpen());
        }
    }

    /** More than is read ahead: the end of such a client would not be noticed. */
    @Test
    void shouldEndAWatchWhoseClientSendsTooMuchBehindIt() {
        try (Client client = new Client()) {
            client.write(Ask.WATCH.bytes);
            assertEquals(1, client.engine.openWatches.size());
            client.write(Ask.PLAIN_READ.bytes.repeat(2_000));
            final String replies = client.received();
            assertEquals(0, client.engine.openWatches.size());
            assertEquals(2_001, replies.split("HTTP/1.1 404 ", -1).length);
            assertTrue(client.isOpen());
        }
    }
}
