package io.larch.engine.raft.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RaftDriverTest {
    private final RaftDriver driver = new RaftDriver();
    private final ArrayDeque<Map<String, Object>> network = new ArrayDeque<>();

    private Map<String, Object> ask(final long node, final String op, final Object... fields)
            throws IOException {
        final Map<String, Object> request = new LinkedHashMap<>();
        request.put("op", op);
        request.put("node", node);
        for (int i = 0; i < fields.length; i += 2) {
            request.put((String) fields[i], fields[i + 1]);
        }
        final Map<String, Object> reply =
                DriverNode.object(Json.read(driver.handle(Json.write(request))));
        assertEquals(null, reply.get("error"));
        for (final Object message : (List<?>) reply.get("out")) {
            network.add(DriverNode.object(message));
        }
        return reply;
    }

    private void deliver() throws IOException {
        while (!network.isEmpty()) {
            final Map<String, Object> message = network.remove();
            ask(Frames.number(message, "to"), "step", "msg", message);
        }
    }

    private static Map<String, Object> state(final Map<String, Object> reply) {
        return DriverNode.object(reply.get("state"));
    }

    private void startThree() throws IOException {
        for (long id = 1; id <= 3; id++) {
            ask(
                    id,
                    "new",
                    "opts",
                    Map.of(),
                    "conf",
                    List.of(List.of(1, 2, 3), List.of(), List.of(), List.of(), false));
        }
        ask(1, "campaign");
        deliver();
    }

    @Test
    void shouldElectReplicateAndRead() throws IOException {
        startThree();
        assertEquals("leader", state(ask(1, "noop")).get("role"));
        assertEquals("ok", ask(1, "propose", "data", "x", "kind", "d").get("result"));
        deliver();
        assertEquals("forwarded", ask(2, "propose", "data", "y", "kind", "d").get("result"));
        deliver();
        assertEquals(List.of("x", "y"), state(ask(3, "noop")).get("data"));
        ask(2, "read", "id", "r");
        final List<Object> reads = new ArrayList<>();
        while (!network.isEmpty()) {
            final Map<String, Object> message = network.remove();
            final Map<String, Object> reply =
                    ask(Frames.number(message, "to"), "step", "msg", message);
            reads.addAll((List<?>) DriverNode.object(reply.get("events")).get("reads"));
        }
        assertEquals(List.of(List.of("r", 3L)), reads);
    }

    @Test
    void shouldHoldAnswersBackUntilTheDiskIsSynced() throws IOException {
        startThree();
        ask(2, "disk", "manual", true);
        ask(1, "propose", "data", "x", "kind", "d");
        network.removeIf(message -> Frames.number(message, "to") != 2);
        final Map<String, Object> append = network.remove();
        final Map<String, Object> reply = ask(2, "step", "msg", append);
        assertEquals(List.of(), reply.get("out"));
        assertEquals(1, ((List<?>) state(reply).get("disk_log")).size());
        assertEquals(1, ((List<?>) ask(2, "sync").get("out")).size());
    }

    @Test
    void shouldChangeTheMembershipThroughAJointPhase() throws IOException {
        startThree();
        ask(1, "propose", "data", "-3 ~2 explicit", "kind", "c");
        deliver();
        assertEquals(
                List.of(List.of(1L), List.of(1L, 2L, 3L), List.of(), List.of(2L), false),
                state(ask(1, "noop")).get("conf"));
        ask(1, "propose", "data", "leave", "kind", "c");
        deliver();
        assertEquals(
                List.of(List.of(1L), List.of(), List.of(2L), List.of(), false),
                state(ask(1, "noop")).get("conf"));
    }

    @Test
    void shouldSendASnapshot() throws IOException {
        startThree();
        ask(1, "propose", "data", "x", "kind", "d");
        while (!network.isEmpty()) {
            final Map<String, Object> message = network.remove();
            if (Frames.number(message, "to") != 3) {
                ask(Frames.number(message, "to"), "step", "msg", message);
            }
        }
        ask(1, "compact", "upto", 2);
        for (int i = 0; i < 12; i++) {
            ask(1, "tick");
            deliver();
        }
        final Map<String, Object> state = state(ask(3, "noop"));
        assertEquals(List.of("x"), state.get("data"));
        assertTrue(state.get("snap").equals(List.of(2L, 1L)));
    }

    @Test
    void shouldLoadAndLoseWhatWasNotDurable() throws IOException {
        startThree();
        network.clear();
        ask(
                3,
                "load",
                "term",
                5,
                "vote",
                0,
                "commit",
                1,
                "log",
                List.of(List.of(1, "d", "a"), List.of(4, "d", "b")),
                "snap",
                List.of(0, 0),
                "snap_data",
                List.of());
        assertEquals(List.of("a"), state(ask(3, "noop")).get("data"));
        ask(3, "disk", "manual", true);
        assertEquals(6L, state(ask(3, "campaign")).get("term"));
        assertEquals(5L, state(ask(3, "crash")).get("term"));
    }

    @Test
    void shouldElectAnotherBehindAPartitionAndTakeTheOldLeaderBack() throws IOException {
        startThree();
        ask(1, "propose", "data", "lost", "kind", "d");
        network.clear();
        ask(2, "campaign");
        network.removeIf(message -> Frames.number(message, "to") == 1);
        while (!network.isEmpty()) {
            final Map<String, Object> message = network.remove();
            if (Frames.number(message, "to") != 1) {
                ask(Frames.number(message, "to"), "step", "msg", message);
            }
        }
        assertEquals("leader", state(ask(2, "noop")).get("role"));
        assertEquals("follower", state(ask(1, "crash")).get("role"));
        ask(2, "propose", "data", "kept", "kind", "d");
        for (int i = 0; i < 3; i++) {
            ask(2, "tick");
            deliver();
        }
        final Map<String, Object> state = state(ask(1, "noop"));
        assertEquals(2L, state.get("lead"));
        assertEquals(List.of("kept"), state.get("data"));
    }

    @Test
    void shouldAnswerWhatCannotBeDoneAndGoOn() throws IOException {
        startThree();
        for (final String request :
                List.of(
                        "{",
                        "[]",
                        "null",
                        "{\"op\":\"tick\",\"node\":9}",
                        "{\"op\":\"nope\",\"node\":1}",
                        "{\"op\":\"new\",\"node\":5,\"conf\":[[\"x\"]]}",
                        "{\"op\":\"new\",\"node\":5,\"opts\":{\"inflight\":-1},\"conf\":[[5]]}",
                        "{\"op\":\"step\",\"node\":1}",
                        "{\"op\":\"step\",\"node\":1,\"msg\":{\"type\":\"nope\"}}",
                        "{\"op\":\"step\",\"node\":2,\"msg\":{\"type\":\"app\",\"from\":1,\"to\":2,"
                                + "\"term\":1,\"ents\":[[1]]}}",
                        "{\"op\":\"step\",\"node\":2,\"msg\":{\"type\":\"hb\",\"from\":1,\"to\":2,"
                                + "\"term\":1,\"commit\":1000}}",
                        "{\"op\":\"propose\",\"node\":1,\"kind\":\"q\",\"data\":\"x\"}",
                        "{\"op\":\"propose\",\"node\":1,\"kind\":\"c\",\"data\":\"+\"}",
                        "{\"op\":\"load\",\"node\":3,\"term\":1,\"commit\":9}")) {
            final Map<String, Object> reply = DriverNode.object(Json.read(driver.handle(request)));
            assertTrue(reply.get("error") instanceof String, request);
        }
        assertEquals("leader", state(ask(1, "noop")).get("role"));
    }
}
