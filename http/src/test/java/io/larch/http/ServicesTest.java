package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvStatus;
import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.port.QueryViews;
import io.larch.engine.port.Standing;
import io.larch.http.Http2Client.Answer;
import io.netty.handler.codec.http2.Http2Settings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Leases, members, maintenance, health; and what is checked of requests. */
class ServicesTest {
    private final Standing standing = new Standing();
    private final Http2Client client =
            new Http2Client(
                    new Client(
                            new HttpContext()
                                    .v3(V3Options.DEFAULT)
                                    .serverVersion("3.4.23")
                                    .standing(standing)),
                    new Http2Settings());
    private final FakeEngine engine = client.server.engine;

    @AfterEach
    void closeClient() {
        client.close();
        assertEquals(0, client.server.counters.faults());
    }

    private Answer call(final String method, final int... message) {
        final byte[] bytes = new byte[message.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) message[i];
        }
        final Answer answer = client.open(GrpcTest.headers("/etcdserverpb." + method), false);
        client.send(answer, GrpcTest.frame(bytes), true);
        client.exchange();
        return answer;
    }

    private static List<String> fields(final byte[] message) {
        final ProtoReader reader =
                new ProtoReader().wrap(new UnsafeBuffer(message), 0, message.length);
        final List<String> fields = new ArrayList<>();
        while (reader.next()) {
            fields.add(
                    reader.field()
                            + "="
                            + (reader.is(ProtoReader.VARINT)
                                    ? Long.toString(reader.number())
                                    : new String(
                                            message,
                                            reader.offset(),
                                            reader.length(),
                                            StandardCharsets.ISO_8859_1)));
        }
        assertFalse(reader.isBroken());
        return fields;
    }

    // --- what is checked ---

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "KV/Range       |                          |3|etcdserver: key is not provided",
                "KV/Range       |0a 01 61 28 03            |3|etcdserver: invalid sort option",
                "KV/Range       |0a 01 61 30 05            |3|etcdserver: invalid sort option",
                "KV/Range       |0a 05 61                  |13|grpc: error unmarshalling request",
                "KV/Put         |12 01 61                  |3|etcdserver: key is not provided",
                "KV/Put         |0a 01 61 12 01 62 28 01   |3|etcdserver: value is provided",
                "KV/Put         |0a 01 61 18 01 30 01      |3|etcdserver: lease is provided",
                "KV/DeleteRange |12 01 61                  |3|etcdserver: key is not provided",
                "KV/Txn         |0a 00                     |3|etcdserver: key is not provided",
                "KV/Txn         |12 00                     |3|etcdserver: key not found",
                "Maintenance/Alarm|08 03                   |3|etcdserver: unknown value of an"
                        + " enumeration"
            })
    void shouldRefuseAsEtcdDoes(
            final String method, final String hex, final int status, final String text) {
        final Answer answer = call(method, bytes(hex));

        assertEquals(text, answer.trailer("grpc-message"));
        assertEquals(Integer.toString(status), answer.trailer("grpc-status"));
        assertTrue(engine.kvCommands.isEmpty());
    }

    private static int[] bytes(final String hex) {
        return hex == null
                ? new int[0]
                : java.util.Arrays.stream(hex.split(" "))
                        .mapToInt(b -> Integer.parseInt(b, 16))
                        .toArray();
    }

    /** RequestOp puts, deletes, reads: 12 is the field of success, 1a of failure. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "two puts of a key                     |12 05 12 03 0a 01 61 12 05 12 03 0a 01 61",
                "a put of a deleted key                |12 05 1a 03 0a 01 61 12 05 12 03 0a 01 61",
                "the other way round                   |12 05 12 03 0a 01 61 12 05 1a 03 0a 01 61",
                "a put in a deleted range" + "|12 05 12 03 0a 01 62 12 08 1a 06 0a 01 61 12 01 63",
                "in the branch that may not run        |1a 05 12 03 0a 01 61 1a 05 12 03 0a 01 61",
                "a put beside a nested one"
                        + "|12 09 22 07 12 05 12 03 0a 01 61 12 05 12 03 0a 01 61",
                "a nested put of what is deleted"
                        + "|12 09 22 07 12 05 12 03 0a 01 61 12 05 1a 03 0a 01 61"
            })
    void shouldFindKeysThatAreChangedTwice(final String what, final String hex) {
        assertEquals(
                "etcdserver: duplicate key given in txn request",
                call("KV/Txn", bytes(hex)).trailer("grpc-message"),
                what);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a read and a put of a key|66|12 05 0a 03 0a 01 61 12 05 12 03 0a 01 61",
                "two deletes of a key     |66|12 05 1a 03 0a 01 61 12 05 1a 03 0a 01 61",
                "a put in either branch   |66|12 05 12 03 0a 01 61 1a 05 12 03 0a 01 61",
                "in either nested branch"
                        + "|66|12 10 22 0e 12 05 12 03 0a 01 61 1a 05 12 03 0a 01 61"
                        + " 12 05 12 03 0a 01 62",
                "reads alone              |33|12 05 0a 03 0a 01 61 0a 03 1a 01 61",
                "nothing                  |33|",
                "a transaction in it      |66|12 02 22 00"
            })
    void shouldTakeTransactions(final String what, final int type, final String hex) {
        call("KV/Txn", bytes(hex));

        assertEquals(type, engine.lastKv().type(), what);
    }

    @Test
    void shouldReadLinearizableInATransactionUnlessAllReadsSayOtherwise() {
        call("KV/Txn", bytes("12 07 0a 05 0a 01 61 38 01 12 05 0a 03 0a 01 61"));
        assertTrue((engine.lastKv().flags() & CommandEnvelope.QUORUM) != 0);

        call("KV/Txn", bytes("12 07 0a 05 0a 01 61 38 01"));
        assertFalse((engine.lastKv().flags() & CommandEnvelope.QUORUM) != 0);
    }

    @Test
    void shouldCountOperations() {
        final String text = "etcdserver: too many operations in txn request";
        final StringBuilder many = new StringBuilder();
        for (int i = 0; i < 129; i++) {
            many.append(String.format("12 06 12 04 0a 02 61 %02x ", i));
        }
        assertEquals(text, call("KV/Txn", bytes(many.toString())).trailer("grpc-message"));

        call("KV/Txn", bytes(many.substring(0, many.length() - 24)));
        assertEquals(KvCommand.TXN, engine.lastKv().type());
    }

    // --- compactions ---

    private void answerStatus(final long sweptRevision) {
        final ExpandableArrayBuffer body = new ExpandableArrayBuffer();
        final byte[] bytes =
                new byte[new KvStatus(5, 1, 1, 1, 1, 0, sweptRevision).encode(body, 0)];
        body.getBytes(0, bytes);
        assertEquals(KvCommand.STORE_STATUS, engine.lastKv().type());
        engine.kvResult(engine.lastKv().id(), 99, bytes);
        engine.handler.onBatchEnd();
        client.exchange();
    }

    private void aMomentLater() {
        client.server.advanceMs(300);
        client.exchange();
    }

    private void compacted() {
        assertEquals(KvCommand.COMPACT, engine.lastKv().type());
        engine.kvResult(engine.lastKv().id(), 9, new byte[0]);
        engine.handler.onBatchEnd();
        client.exchange();
    }

    @Test
    void shouldAnswerACompactionWhenItIsApplied() {
        final Answer answer = call("KV/Compact", 8, 5);
        compacted();

        assertEquals("0", answer.trailer("grpc-status"));
        assertEquals(1, engine.kvCommands.size());
    }

    @Test
    void shouldAnswerAPhysicalCompactionWhenItIsSwept() {
        final Answer answer = call("KV/Compact", 8, 5, 16, 1);
        compacted();
        for (int i = 0; i < 3; i++) {
            assertEquals(1 + i, engine.kvCommands.size());
            assertFalse(answer.isComplete);
            aMomentLater();
            answerStatus(4);
        }
        aMomentLater();
        answerStatus(5);

        assertEquals("0", answer.trailer("grpc-status"));
        final List<String> header = fields(fieldBytes(GrpcTest.message(answer)));
        assertTrue(header.contains("3=9"), "the revision of the compaction: " + header);
        assertTrue(client.server.loop.isIdle());
    }

    /** The only field of a message. */
    private static byte[] fieldBytes(final byte[] message) {
        return java.util.Arrays.copyOfRange(message, 2, message.length);
    }

    @Test
    void shouldWaitForTheSweepAsLongAsItsClientDoes() {
        final Answer answer =
                client.open(
                        GrpcTest.headers("/etcdserverpb.KV/Compact").add("grpc-timeout", "90S"),
                        false);
        client.send(answer, GrpcTest.frame(new byte[] {8, 5, 16, 1}), true);
        client.exchange();
        compacted();
        for (int i = 0; i < 80; i++) {
            client.server.advanceMs(1_000);
            client.exchange();
            answerStatus(-1);
        }
        assertFalse(answer.isComplete);
        client.server.advanceMs(11_000);
        client.exchange();

        assertEquals("4", answer.trailer("grpc-status"));
        assertTrue(client.server.loop.isIdle());
    }

    @Test
    void shouldSayWhenTheMemberCannotTellOfASweepAnyMore() {
        final Answer refused = call("KV/Compact", 8, 5, 16, 1);
        compacted();
        aMomentLater();
        engine.error(engine.lastKv().id(), ErrorCode.RAFT_INTERNAL, "etcdserver: server stopped");
        engine.handler.onBatchEnd();
        client.exchange();
        assertEquals("14", refused.trailer("grpc-status"));

        final Answer silent = call("KV/Compact", 8, 6, 16, 1);
        compacted();
        for (int i = 0; i < 60; i++) {
            client.server.advanceMs(1_000);
            client.exchange();
        }
        assertEquals("etcdserver: request timed out", silent.trailer("grpc-message"));
        assertTrue(client.server.loop.isIdle());

        final Answer stopped = call("KV/Compact", 8, 7, 16, 1);
        compacted();
        client.server.channel.close();
        client.exchange();
        assertEquals("etcdserver: server stopped", stopped.trailer("grpc-message"));
    }

    // --- leases ---

    @Test
    void shouldChooseIdsAndRaiseShortTimes() {
        call("Lease/LeaseGrant", 8, 1);
        final List<String> grant = fields(engine.lastKv().body());
        call("Lease/LeaseGrant", 8, 60, 16, 9);

        assertEquals("1=2", grant.get(0));
        assertTrue(Long.parseLong(grant.get(1).substring(2)) > 0, grant::toString);
        assertEquals(List.of("1=60", "2=9"), fields(engine.lastKv().body()));
    }

    @Test
    void shouldRenewTheLeasesOfATurnTogether() {
        final Answer answer =
                client.open(GrpcTest.headers("/etcdserverpb.Lease/LeaseKeepAlive"), false);
        final byte[] one = GrpcTest.frame(new byte[] {8, 1});
        final byte[] two = GrpcTest.frame(new byte[] {8, 3});
        client.send(answer, ByteBuffer.allocate(one.length * 2).put(one).put(two).array(), true);
        client.exchange();

        assertEquals(1, engine.kvCommands.size());
        final ByteBuffer ids =
                ByteBuffer.wrap(engine.lastKv().body()).order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(1, ids.getLong());
        assertEquals(3, ids.getLong());
        final ByteBuffer pairs = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        pairs.putLong(1).putLong(20).putLong(3).putLong(0);
        engine.kvResult(engine.lastKv().id(), 4, pairs.array());
        engine.handler.onBatchEnd();
        client.exchange();

        final String all = answer.body.toString();
        assertTrue(all.contains("\u0010\u0001\u0018\u0014"), "renewed, for 20 s");
        assertTrue(all.endsWith("\u0010\u0003"), "not there: no time left");
        assertTrue(answer.isComplete);
        assertEquals("0", answer.trailer("grpc-status"));
    }

    @Test
    void shouldEndKeepAlivesThatTheEngineCannotTake() {
        engine.isFull = true;
        final Answer answer =
                client.open(GrpcTest.headers("/etcdserverpb.Lease/LeaseKeepAlive"), false);
        client.send(answer, GrpcTest.frame(new byte[] {8, 1}), false);
        client.exchange();

        assertEquals("etcdserver: too many requests", answer.trailer("grpc-message"));
    }

    // --- members ---

    @Test
    void shouldListMembersWithoutARevision() {
        for (final int linearizable : List.of(0, 1)) {
            final List<String> fields =
                    fields(GrpcTest.message(call("Cluster/MemberList", 8, linearizable)));

            assertEquals(2, fields.size());
            assertTrue(fields.get(1).contains("http://127.0.0.1:27379"));
        }
    }

    @Test
    void shouldAddMembersAndSayWhyNot() {
        final byte[] url = "http://127.0.0.1:1234".getBytes(StandardCharsets.US_ASCII);
        final int[] add = new int[2 + url.length];
        add[0] = 0x0a;
        add[1] = url.length;
        for (int i = 0; i < url.length; i++) {
            add[2 + i] = url[i];
        }
        final Answer added = call("Cluster/MemberAdd", add);
        assertEquals("0", added.trailer("grpc-status"));
        assertEquals(3, fields(GrpcTest.message(added)).size());

        engine.outcome = QueryViews.ChangeOutcome.PEER_URL_EXISTS;
        assertEquals(
                "etcdserver: Peer URLs already exists",
                call("Cluster/MemberAdd", add).trailer("grpc-message"));
        assertEquals(
                "etcdserver: given member URLs are invalid",
                call("Cluster/MemberAdd", 0x0a, 1, 'x').trailer("grpc-message"));
        engine.outcome = null;
        assertEquals(
                "etcdserver: member not found",
                call("Cluster/MemberRemove", 8, 5).trailer("grpc-message"));
        assertEquals(
                "etcdserver: member not found",
                call("Cluster/MemberPromote", 8, 5).trailer("grpc-message"));
    }

    @Test
    void shouldAddALearnerAndShowItAsOne() {
        final int[] add = {0x0a, 10, 'h', 't', 't', 'p', ':', '/', '/', 'h', ':', '1', 0x10, 1};

        final List<String> fields = fields(GrpcTest.message(call("Cluster/MemberAdd", add)));

        // The member ends with field 5, which is true.
        assertTrue(
                fields.get(1).startsWith("2=") && fields.get(1).endsWith("(\001"),
                fields::toString);
        add[13] = 0;
        assertFalse(
                fields(GrpcTest.message(call("Cluster/MemberAdd", add))).get(1).contains("(\001"));
    }

    @Test
    void shouldSayWhyALearnerIsNotPromotedOrAdded() {
        assertPromotion(
                QueryViews.ChangeOutcome.NOT_A_LEARNER,
                "9",
                "etcdserver: can only promote a learner member");
        assertPromotion(
                QueryViews.ChangeOutcome.LEARNER_NOT_READY,
                "9",
                "etcdserver: can only promote a learner member which is in sync with leader");
        assertPromotion(QueryViews.ChangeOutcome.ID_REMOVED, "5", "etcdserver: member not found");
        assertPromotion(
                QueryViews.ChangeOutcome.TOO_MANY_LEARNERS,
                "9",
                "etcdserver: too many learner members in cluster");
        engine.outcome = QueryViews.ChangeOutcome.DONE;
        assertEquals(2, fields(GrpcTest.message(call("Cluster/MemberPromote", 8, 5))).size());
    }

    private void assertPromotion(
            final QueryViews.ChangeOutcome outcome, final String status, final String text) {
        engine.outcome = outcome;
        final Answer answer = call("Cluster/MemberPromote", 8, 5);
        assertEquals(status, answer.trailer("grpc-status"));
        assertEquals(text, answer.trailer("grpc-message"));
    }

    @Test
    void shouldAnswerAsALearnerOnlyHowItIsAndWhatMayBeLate() {
        standing.learner(true);
        for (final String method :
                List.of(
                        "Cluster/MemberList",
                        "Cluster/MemberPromote",
                        "KV/Put",
                        "KV/Txn",
                        "Lease/LeaseGrant",
                        "Lease/LeaseKeepAlive",
                        "Maintenance/HashKV",
                        "Maintenance/Alarm",
                        "Maintenance/MoveLeader",
                        "Watch/Watch")) {
            assertLearner(call(method, 0x0a, 1, 'a'));
        }
        assertLearner(call("KV/Range", 0x0a, 1, 'a'));
        engine.kv = asked -> engine.kvResult(asked.id(), 4, new byte[0]);
        assertEquals("0", call("KV/Range", 0x0a, 1, 'a', 0x38, 1).trailer("grpc-status"));
        standing.learner(false);
        assertEquals("0", call("KV/Range", 0x0a, 1, 'a').trailer("grpc-status"));
    }

    private static void assertLearner(final Answer answer) {
        assertEquals("14", answer.trailer("grpc-status"));
        assertEquals("etcdserver: rpc not supported for learner", answer.trailer("grpc-message"));
    }

    // --- maintenance, health ---

    @Test
    void shouldTellItsStatus() {
        engine.kv =
                asked -> {
                    if (asked.type() == KvCommand.STORE_STATUS) {
                        final ExpandableArrayBuffer body = new ExpandableArrayBuffer();
                        final byte[] bytes =
                                new byte[new KvStatus(-1, 100, 90, 1000, 3, 2, -1).encode(body, 0)];
                        body.getBytes(0, bytes);
                        engine.kvResult(asked.id(), 4, bytes);
                    } else {
                        engine.kvResult(asked.id(), 4, new byte[] {0x12, 4, 8, 7, 0x10, 1});
                    }
                };

        final List<String> fields = fields(GrpcTest.message(call("Maintenance/Status")));

        assertEquals(
                List.of(
                        "2=3.4.23",
                        "3=100",
                        "4=" + 0x99bca5ffd3b6b513L,
                        "5=1796",
                        "6=2",
                        "7=1796",
                        "8=memberID:7 alarm:NOSPACE ",
                        "9=90",
                        "11=3.4",
                        "12=1000"),
                fields.subList(1, fields.size()));
    }

    @Test
    void shouldAskForAlarmsByAReadAndChangeThemByAWrite() {
        call("Maintenance/Alarm");
        assertEquals(KvCommand.ALARM_LIST, engine.lastKv().type());
        assertTrue((engine.lastKv().flags() & CommandEnvelope.QUORUM) != 0);

        call("Maintenance/Alarm", 8, 2, 0x18, 1);
        assertEquals(KvCommand.ALARM, engine.lastKv().type());
    }

    /** etcd issue 14685: there a crash during it left another revision. */
    @Test
    void shouldHaveNothingToDefragment() {
        final Answer answer = call("Maintenance/Defragment");

        assertArrayEquals(new byte[0], GrpcTest.message(answer));
        assertEquals("0", answer.trailer("grpc-status"));
    }

    @Test
    void shouldSayWhetherItServes() {
        final String path = "/grpc.health.v1.Health/";
        final Answer check = client.open(GrpcTest.headers(path + "Check"), false);
        client.send(check, GrpcTest.frame(new byte[0]), true);
        final Answer other = client.open(GrpcTest.headers(path + "Check"), false);
        client.send(other, GrpcTest.frame(new byte[] {0x0a, 1, 'x'}), true);
        final Answer watch = client.open(GrpcTest.headers(path + "Watch"), false);
        client.send(watch, GrpcTest.frame(new byte[0]), true);
        client.exchange();
        engine.leaderId = 0;
        for (int i = 0; i < 8; i++) {
            client.server.advanceMs(250);
            client.exchange();
        }

        assertArrayEquals(new byte[] {8, 1}, GrpcTest.message(check));
        assertEquals("5", other.trailer("grpc-status"));
        assertFalse(watch.isComplete);
        assertTrue(watch.body.toString().endsWith("\u0008\u0001\0\0\0\0\u0002\u0008\u0002"));
        client.reset(watch);
        assertTrue(client.server.loop.isIdle());
    }

    @Test
    void shouldLookOnceForAllThatWatchItsHealth() {
        final List<Answer> watches = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            watches.add(client.open(GrpcTest.headers("/grpc.health.v1.Health/Watch"), false));
            client.send(watches.get(i), GrpcTest.frame(new byte[0]), true);
        }
        client.exchange();
        engine.queries.clear();
        engine.leaderId = 0;
        client.server.advanceMs(1_100);
        client.exchange();
        assertEquals(1, engine.queries.size());
        for (final Answer watch : watches) {
            assertTrue(watch.body.toString().endsWith("\u0008\u0001\0\0\0\0\u0002\u0008\u0002"));
        }
    }
}
