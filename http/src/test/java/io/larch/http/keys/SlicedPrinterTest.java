package io.larch.http.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.Action;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.codec.EventFlyweight;
import io.larch.engine.codec.Utf8;
import io.larch.http.text.ByteWriter;
import io.larch.http.text.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlicedPrinterTest {
    private static final String[] TEXTS = {
        "",
        "plain",
        "<>&\"\\\n\t\u0001",
        "aäé€\u2028😀",
        "\u00ff\u00fe",
        "x".repeat(9000),
        "€😀ä".repeat(2000)
    };

    private final ExpandableArrayBuffer event = new ExpandableArrayBuffer();

    /** Where a node's fixed part and key begin and end: parts may end at those places only. */
    private final List<Integer> places = new ArrayList<>();

    private final Random random = new Random(7);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldPrintTheSameInPieces(final int seed) {
        random.setSeed(seed);
        final boolean hasPrevious = random.nextBoolean();
        int end =
                EventFlyweight.encodeHeader(
                        event,
                        0,
                        Action.SET,
                        hasPrevious ? EventFlyweight.HAS_PREV_NODE : 0,
                        random.nextInt(100));
        places.add(end);
        end = node(end, 0);
        if (hasPrevious) {
            end = node(end, 3);
        }
        final ByteWriter whole = new ByteWriter();
        new EventPrinter(new JsonWriter(whole)).print(event, 0);

        final StringBuilder pieces = new StringBuilder();
        final SlicedPrinter printer = new SlicedPrinter();
        printer.event();
        int from = 0;
        while (from < end) {
            final int to = partEnd(from, end);
            int at = from;
            while (at < to) {
                final ByteWriter piece = new ByteWriter();
                at = printer.print(event, at, to, new JsonWriter(piece), 1 + random.nextInt(500));
                pieces.append(piece);
            }
            from = to;
        }

        assertTrue(printer.isDone());
        assertEquals(whole.toString(), pieces.toString());
    }

    private int node(final int offset, final int depth) {
        final boolean isDir = depth < 3 && random.nextInt(4) > 0;
        final byte[] key = bytes(offset == EventFlyweight.HEADER_LENGTH ? "" : "/k<ey" + offset);
        final byte[] value = isDir ? new byte[0] : bytes(TEXTS[random.nextInt(TEXTS.length)]);
        final int children = isDir ? random.nextInt(5) : 0;
        final boolean hasTtl = random.nextBoolean();
        int at =
                EventFlyweight.encodeNode(
                        event,
                        offset,
                        (isDir ? EventFlyweight.NODE_DIR : EventFlyweight.NODE_HAS_VALUE)
                                | (hasTtl ? EventFlyweight.NODE_HAS_EXPIRATION : 0),
                        key.length,
                        value.length,
                        children,
                        random.nextInt(3),
                        random.nextInt(3),
                        hasTtl ? 1_795_224_325_123_456_789L : 0,
                        hasTtl ? random.nextInt(100) - 10 : 0);
        event.putBytes(at, key);
        at += key.length;
        places.add(at);
        event.putBytes(at, value);
        final UnsafeBuffer view = new UnsafeBuffer(value);
        for (int i = 4; i < value.length; i += 4) {
            places.add(at + Utf8.boundary(view, i - 4, i));
        }
        at += value.length;
        places.add(at);
        for (int i = 0; i < children; i++) {
            at = node(at, depth + 1);
        }
        return at;
    }

    private int partEnd(final int from, final int end) {
        final List<Integer> possible = places.stream().filter(place -> place > from).toList();
        return possible.isEmpty()
                ? end
                : possible.get(Math.min(possible.size() - 1, random.nextInt(300)));
    }

    private static byte[] bytes(final String text) {
        return text.contains("\u00ff")
                ? new byte[] {
                    (byte) 0xff,
                    (byte) 0x80,
                    (byte) 0x80,
                    (byte) 0x80,
                    (byte) 0x80,
                    'x',
                    (byte) 0xe2
                }
                : text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    }

    @Test
    void shouldPrintAnErrorWithALongCause() {
        final byte[] cause = bytes("[<old> != €]".repeat(1000));
        final UnsafeBuffer view = new UnsafeBuffer(cause);
        final ByteWriter whole = new ByteWriter();
        new KeysCodec(new JsonWriter(whole))
                .printError(ErrorCode.TEST_FAILED, view, 0, cause.length, 9);

        final SlicedPrinter printer = new SlicedPrinter();
        final StringBuilder pieces = new StringBuilder();
        int at = 0;
        boolean isBegun = false;
        while (at < cause.length) {
            final ByteWriter piece = new ByteWriter();
            final JsonWriter json = new JsonWriter(piece);
            if (!isBegun) {
                isBegun = true;
                printer.error(ErrorCode.TEST_FAILED, cause.length, 9, json);
            }
            assertFalse(printer.isDone());
            at = printer.print(view, at, cause.length, json, 100);
            pieces.append(piece);
        }

        assertTrue(printer.isDone());
        assertEquals(whole.toString(), pieces.toString());
    }
}
