package io.larch.http.v3.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.http.text.ByteWriter;
import io.larch.http.text.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayJsonTest {
    private static final String BODY_OF_A_RANGE =
            "0a080801100218032004" + "12090a0161100218032001" + "1200" + "1801" + "2002";

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            delimiter = '|',
            value = {
                "{}|''",
                "{\"key\":\"YQ==\"}|0a0161",
                "{\"key\":\"\",\"limit\":\"0\",\"serializable\":false}|''",
                "{\"range_end\":\"AA==\",\"limit\":\"2\",\"keys_only\":true}|12010018024001",
                "{\"rangeEnd\":\"AA==\",\"limit\":2,\"keysOnly\":true}|12010018024001",
                "{\"sort_order\":\"DESCEND\",\"sortTarget\":4}|28023004",
                "{\"revision\":\"-1\"}|20ffffffffffffffffff01",
                "{\"revision\":9223372036854775807}|20ffffffffffffffff7f",
                "{\"key\":null,\"unknown\":{\"a\":[1,{}]},\"limit\":1}|1801"
            })
    void shouldReadWhatProtobufsMappingAllows(final String json, final String hex)
            throws JsonException {
        assertEquals(List.of(hex), read(Messages.RANGE, json));
    }

    @Test
    void shouldReadMessagesInMessages() throws JsonException {
        final String json =
                "{\"compare\":[{\"result\":\"GREATER\",\"key\":\"YQ==\",\"range_end\":\"Yg==\"}],"
                        + "\"success\":[{\"requestTxn\":{\"failure\":[{\"request_range\":{}}]}}]}";
        assertEquals(
                List.of("0a09" + "08011a0161820401" + "62" + "1206" + "2204" + "1a02" + "0a00"),
                read(Messages.TXN, json));
        assertEquals(
                List.of("0a04" + "28002801"),
                read(
                        Messages.WATCH,
                        "{\"create_request\":{\"filters\":[\"NOPUT\",\"NODELETE\"]}}"));
        assertEquals(
                List.of("0a" + "8f02" + "0a" + "8c02" + "61".repeat(268)),
                read(
                        Messages.WATCH,
                        "{\"create_request\":{\"key\":\"" + "YWFh".repeat(89) + "YQ==\"}}"));
    }

    @Test
    void shouldReadOneMessageBehindTheOther() throws JsonException {
        assertEquals(
                List.of("0801", "0802"), read(Messages.LEASE_ID, "{\"ID\":\"1\"}\n {\"ID\":2}"));
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\'',
            delimiter = '|',
            value = {
                "[]|the request must be an object",
                "{\"key\":1}|field key must be a text",
                "{\"key\":\"!\"}|field key must be base64",
                "{\"limit\":1.5}|field limit must be a number",
                "{\"limit\":\"x\"}|field limit must be a number",
                "{\"limit\":9223372036854775808}|field limit must be a number of its range",
                "{\"limit\":\"000000000000000000001\"}|field limit must be a number of its range",
                "{\"keys_only\":\"true\"}|field keys_only must be true or false",
                "{\"sort_order\":\"UP\"}|field sort_order must be one of NONE, ASCEND, DESCEND"
            })
    void shouldSayWhatIsWrong(final String json, final String text) {
        final JsonException e = assertThrows(JsonException.class, () -> read(Messages.RANGE, json));
        assertEquals(text, e.getMessage());
    }

    @Test
    void shouldRefuseWhatIsNoJson() {
        for (final String json : List.of("{", "{\"key\"}", "x", "{\"a\":", "{}}")) {
            final JsonException e =
                    assertThrows(JsonException.class, () -> read(Messages.RANGE, json), json);
            assertTrue(e.getMessage().startsWith("invalid JSON: "), e.getMessage());
        }
        assertThrows(
                JsonException.class,
                () -> read(Messages.TXN, "{\"success\":[{\"request_txn\":".repeat(200) + "{}"));
    }

    @Test
    void shouldPrintAsTheGatewayDoes() {
        assertEquals(
                "{\"header\":{\"cluster_id\":\"1\",\"member_id\":\"2\",\"revision\":\"3\","
                        + "\"raft_term\":\"4\"},\"kvs\":[{\"key\":\"YQ==\",\"create_revision\":\"2\","
                        + "\"mod_revision\":\"3\",\"version\":\"1\"},{}],\"more\":true,\"count\":\"2\"}",
                print(Messages.RANGE_ANSWER, BODY_OF_A_RANGE));
        assertEquals("{}", print(Messages.RANGE_ANSWER, ""));
        assertEquals(
                "{\"header\":{\"cluster_id\":\"18446744073709551615\",\"revision\":\"-1\"}}",
                print(
                        Messages.HEADER_ONLY,
                        "0a16" + "08ffffffffffffffffff01" + "18ffffffffffffffffff01"));
        assertEquals(
                "{\"events\":[{\"kv\":{}},{\"type\":\"DELETE\",\"kv\":{}}]}",
                print(Messages.WATCH_ANSWER, "5a021200" + "5a0408011200"));
        assertEquals(
                "{\"hash\":4294967295,\"compact_revision\":\"-1\"}",
                print(Messages.HASH_KV_ANSWER, "10ffffffff0f" + "18ffffffffffffffffff01"));
        assertEquals(
                "{\"members\":[{\"peerURLs\":[\"a\",\"\"],\"isLearner\":true}]}",
                print(Messages.MEMBERS_ANSWER, "1207" + "1a0161" + "1a00" + "2801"));
    }

    /** Whichever way a message is cut, it is printed the same. */
    @Test
    void shouldPrintAMessageThatComesInPieces() {
        final byte[] bytes = HexFormat.of().parseHex(BODY_OF_A_RANGE);
        final String whole = print(Messages.RANGE_ANSWER, BODY_OF_A_RANGE);
        for (int cut = 0; cut <= bytes.length; cut++) {
            final ByteWriter out = new ByteWriter();
            final JsonResponse response =
                    new JsonResponse(Messages.RANGE_ANSWER, new JsonWriter(out));
            final int printed = response.print(new UnsafeBuffer(bytes), 0, cut);
            assertTrue(printed <= cut);
            final String begun = out.toString();
            out.clear();
            final int rest = bytes.length - printed;
            assertEquals(rest, response.print(new UnsafeBuffer(bytes), printed, rest));
            response.end();
            assertEquals(whole, begun + out.toString());
        }
    }

    /** What a transaction has read is not kept until it is whole. */
    @Test
    void shouldPrintNestedMessagesAsTheyCome() {
        final String hex = "0a021803" + "1001" + "1a1d0a1b" + BODY_OF_A_RANGE + "1a020a00";
        final String text = print(Messages.TXN_ANSWER, hex);
        assertTrue(text.contains("\"response_range\":{\"header\":{\"cluster_id\":\"1\""), text);
        assertTrue(text.endsWith(",{\"response_range\":{}}]}"), text);
        final byte[] bytes = HexFormat.of().parseHex(hex);
        final ByteWriter out = new ByteWriter();
        final JsonResponse response = new JsonResponse(Messages.TXN_ANSWER, new JsonWriter(out));
        int printed = 0;
        for (int cut = 0; cut <= bytes.length; cut++) {
            printed += response.print(new UnsafeBuffer(bytes), printed, cut - printed);
            assertTrue(cut - printed < 8, printed + " of " + cut);
        }
        response.end();
        assertEquals(text, out.toString());
    }

    @Test
    void shouldFindMethodsAtTheirPaths() {
        assertEquals("/etcdserverpb.KV/Range", Route.at("/v3/kv/range").method());
        assertEquals("/etcdserverpb.KV/Range", Route.at("/v3beta/kv/range").method());
        assertEquals(
                Route.at("/v3/lease/revoke").method(), Route.at("/v3/kv/lease/revoke").method());
        assertNotNull(Route.at("/v3/auth/user/add"));
        assertNull(Route.at("/v3/kv"));
        assertNull(Route.at("/v2/keys"));
        assertTrue(Route.isBelow("/v3/x") && !Route.isBelow("/v3") && !Route.isBelow("/v2/keys"));
    }

    private static List<String> read(final MessageType type, final String json)
            throws JsonException {
        final byte[] body = json.getBytes(StandardCharsets.UTF_8);
        final List<String> messages = new ArrayList<>();
        new JsonRequest()
                .read(
                        body,
                        0,
                        body.length,
                        type,
                        (buffer, offset, length) -> {
                            final byte[] bytes = new byte[length];
                            buffer.getBytes(offset, bytes);
                            messages.add(HexFormat.of().formatHex(bytes));
                        });
        return messages;
    }

    private static String print(final MessageType type, final String hex) {
        final byte[] bytes = HexFormat.of().parseHex(hex);
        final ByteWriter out = new ByteWriter();
        final JsonResponse response = new JsonResponse(type, new JsonWriter(out));
        assertEquals(bytes.length, response.print(new UnsafeBuffer(bytes), 0, bytes.length));
        response.end();
        return out.toString();
    }
}
