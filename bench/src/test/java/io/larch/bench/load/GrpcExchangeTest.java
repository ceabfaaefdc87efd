package io.larch.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class GrpcExchangeTest {
    /** {@code :status 200}, then a message of two bytes, then {@code grpc-status} 0. */
    private static final String REPLY =
            "000001"
                    + "01"
                    + "04"
                    + "00000001"
                    + "88"
                    + "000007"
                    + "00"
                    + "00"
                    + "00000001"
                    + "00000000020a00"
                    + trailers("0");

    private final GrpcExchange exchange =
            new GrpcExchange(new GrpcTemplate(LoadContext.parse(), LoadContext.Operation.V3_RANGE));

    @Test
    void shouldWriteACallWithItsStreamAndKey() {
        final ByteBuffer first = exchange.request(42);
        final String text = StandardCharsets.ISO_8859_1.decode(first).toString();
        assertTrue(text.contains("/etcdserverpb.KV/Range"), text);
        assertTrue(text.endsWith("\0\0\0\0\20\n\16bench/00000042"), text);
        assertEquals(1, first.getInt(5));
        assertEquals(3, exchange.request(7).getInt(5));
    }

    @Test
    void shouldWriteManyKeysInOneFrameThatAnyServerTakes() {
        for (final int valueSize : new int[] {0, 128, 5000, 16_000}) {
            final int keys = GrpcTemplate.keysOfFill(valueSize);
            final GrpcTemplate template =
                    new GrpcTemplate(
                            LoadContext.parse("--value-size=" + valueSize),
                            LoadContext.Operation.V3_FILL);
            final ByteBuffer buffer = template.newBuffer();
            template.prepare(buffer, 1, 40);
            final int headers = Http2Frames.HEAD_LENGTH + (buffer.getInt(0) >>> 8);
            assertTrue(buffer.getInt(headers) >>> 8 <= 16_384, "value of " + valueSize);
            final String text = StandardCharsets.ISO_8859_1.decode(buffer).toString();
            assertTrue(text.contains("bench/00000040"), text);
            assertTrue(text.contains(String.format("bench/%08d", 40 + keys - 1)), text);
            assertFalse(text.contains(String.format("bench/%08d", 40 + keys)), text);
        }
        assertEquals(100, GrpcTemplate.keysOfFill(10));
    }

    @Test
    void shouldFindTheEndAtWhicheverByteTheReplyIsCut() {
        final byte[] reply = HexFormat.of().parseHex(REPLY);
        for (int cut = 1; cut < reply.length; cut++) {
            final GrpcExchange cutExchange =
                    new GrpcExchange(
                            new GrpcTemplate(LoadContext.parse(), LoadContext.Operation.V3_RANGE));
            cutExchange.request(1);
            final ByteBuffer arrived = ByteBuffer.allocate(1024);
            arrived.put(reply, 0, cut);
            assertFalse(cutExchange.isComplete(arrived), "cut at " + cut);
            arrived.put(reply, cut, reply.length - cut);
            assertTrue(cutExchange.isComplete(arrived), "cut at " + cut);
            assertFalse(cutExchange.hasFailed());
            assertEquals(0, arrived.position());
        }
    }

    @Test
    void shouldTellAnErrorAndAnEndWithoutStatusFromSuccess() {
        exchange.request(1);
        assertTrue(exchange.isComplete(arrived(trailers("5"))));
        assertTrue(exchange.hasFailed());
        exchange.request(1);
        assertTrue(exchange.isComplete(arrived("00000403000000000300000008")));
        assertTrue(exchange.hasFailed());
    }

    @Test
    void shouldAcknowledgeSettingsAndPings() {
        exchange.request(1);
        assertFalse(
                exchange.isComplete(
                        arrived("000000040000000000" + "0000080600000000000102030405060708")));
        final byte[] owed = new byte[exchange.owed().remaining()];
        exchange.owed().get(owed);
        assertEquals(
                "000000040100000000" + "0000080601000000000102030405060708",
                HexFormat.of().formatHex(owed));
    }

    /** HEADERS that ends stream 1, with one field that no table has. */
    private static String trailers(final String status) {
        final String block =
                "000b"
                        + HexFormat.of()
                                .formatHex("grpc-status".getBytes(StandardCharsets.US_ASCII))
                        + "01"
                        + HexFormat.of().formatHex(status.getBytes(StandardCharsets.US_ASCII));
        return "0000"
                + HexFormat.of().toHexDigits((byte) (block.length() / 2))
                + "01"
                + "05"
                + "00000001"
                + block;
    }

    private static ByteBuffer arrived(final String hex) {
        return ByteBuffer.allocate(1024).put(HexFormat.of().parseHex(hex));
    }
}
