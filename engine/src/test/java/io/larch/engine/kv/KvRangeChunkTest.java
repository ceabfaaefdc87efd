package io.larch.engine.kv;

import static io.larch.engine.kv.ProtoMessage.message;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvError;
import io.larch.engine.codec.kv.RangeChunk;
import io.larch.engine.mvcc.MvccStore;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranges that are told in chunks: put together they are the one answer. */
class KvRangeChunkTest {
    private static final byte[] NOTHING = {};
    private static final int KEY = 1;
    private static final int RANGE_END = 2;
    private static final int LIMIT = 3;
    private static final int REVISION = 4;
    private static final int KEYS_ONLY = 8;
    private static final int COUNT_ONLY = 9;

    private final KvFixture larch = new KvFixture();
    private byte[] cursor = NOTHING;
    private SplittableRandom random;

    @AfterEach
    void close() {
        larch.close();
    }

    private void put(final String key, final String value) {
        larch.write(KvCommand.PUT, message().text(1, key).text(2, value));
    }

    private void change() {
        final String key = "" + (char) ('a' + random.nextInt(26)) + random.nextInt(9);
        if (random.nextInt(3) == 0) {
            larch.write(KvCommand.DELETE_RANGE, message().text(1, key));
        } else {
            put(key, "v".repeat(random.nextInt(40)));
        }
    }

    private static byte[] command(final int maxBytes, final byte[] cursor, final byte[] request) {
        final UnsafeBuffer body =
                new UnsafeBuffer(new byte[2 * Integer.BYTES + cursor.length + request.length]);
        RangeChunk.encode(body, 0, maxBytes, cursor, request);
        return body.byteArray();
    }

    /** Takes the cursor of a chunk's body, and returns its fields. */
    private byte[] take(final byte[] body) {
        final int end =
                RangeChunk.FIELDS_OFFSET + RangeChunk.fieldsLength(new UnsafeBuffer(body), 0);
        cursor = Arrays.copyOfRange(body, end, body.length);
        return Arrays.copyOfRange(body, RangeChunk.FIELDS_OFFSET, end);
    }

    /** The next chunk, as the application makes it. */
    private byte[] ask(final byte[] request, final int maxBytes, final int edgeBytes) {
        final byte[] body =
                larch.read(KvCommand.RANGE_CHUNK, command(maxBytes, cursor, request), edgeBytes);
        return body == null ? null : take(body);
    }

    /** The next chunk, after so many keys at most. */
    private byte[] step(final byte[] request, final int maxBytes, final int maxSteps) {
        final RangeChunks chunks = new RangeChunks(larch.application.store());
        final UnsafeBuffer body = new UnsafeBuffer(command(maxBytes, cursor, request));
        assertNull(chunks.read(body, 0, body.capacity()));
        final ExpandableArrayBuffer target = new ExpandableArrayBuffer();
        final int end = chunks.write(target, 0, maxBytes, maxSteps, true);
        final byte[] written = new byte[end];
        target.getBytes(0, written);
        return take(written);
    }

    private ProtoMessage request() {
        final String[] ends = {"", "\0", "m", "zz", "a"};
        final String[] keys = {"\0", "a", "c3", "k"};
        final MvccStore store = larch.application.store();
        final long oldest = Math.max(1, store.compactedRevision());
        final long at = oldest + random.nextLong(store.revision() - oldest + 1);
        return message()
                .text(KEY, keys[random.nextInt(keys.length)])
                .text(RANGE_END, ends[random.nextInt(ends.length)])
                .number(LIMIT, random.nextInt(3) == 0 ? random.nextInt(30) : 0)
                .number(REVISION, random.nextInt(2) == 0 ? at : 0)
                .flag(KEYS_ONLY, random.nextInt(4) == 0)
                .flag(COUNT_ONLY, random.nextInt(8) == 0);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void shouldBeTheOneAnswerWhenPutTogether(final long seed) {
        random = new SplittableRandom(seed);
        for (int round = 0; round < 500; round++) {
            for (int i = random.nextInt(20); i >= 0; i--) {
                change();
            }
            if (random.nextInt(20) == 0) {
                final long compacted = larch.application.store().compactedRevision();
                final long revision = larch.application.store().revision() - random.nextInt(9);
                if (revision > compacted) {
                    larch.write(KvCommand.COMPACT, message().number(1, revision));
                    larch.settle();
                }
            }
            compare(seed, round);
        }
    }

    private void compare(final long seed, final int round) {
        final byte[] request = request().bytes();
        final byte[] expected = larch.read(KvCommand.RANGE, request, Integer.MAX_VALUE);
        final long revision = larch.revision;
        final ByteArrayOutputStream told = new ByteArrayOutputStream();
        cursor = NOTHING;
        int chunks = 0;
        do {
            chunks++;
            final int maxBytes = 1 + random.nextInt(300);
            if (random.nextInt(3) == 0) {
                told.writeBytes(step(request, maxBytes, 1 + random.nextInt(6)));
            } else {
                final int edgeBytes = random.nextInt(3) == 0 ? 20 : Integer.MAX_VALUE;
                told.writeBytes(ask(request, maxBytes, edgeBytes));
                assertEquals(revision, larch.revision, "as of the first chunk");
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                change();
            }
            assertTrue(chunks < 10_000, "seed " + seed + " round " + round + " does not end");
        } while (cursor.length > 0);
        assertArrayEquals(
                expected,
                told.toByteArray(),
                () ->
                        "seed "
                                + seed
                                + " round "
                                + round
                                + ": "
                                + ProtoMessage.show(request)
                                + "\n"
                                + ProtoMessage.show(expected)
                                + "\n"
                                + ProtoMessage.show(told.toByteArray()));
    }

    @Test
    void shouldEndWithEtcdsErrorWhenItsRevisionIsCompacted() {
        for (int i = 0; i < 9; i++) {
            put("k" + i, "v");
        }
        final byte[] request = message().text(KEY, "k").text(RANGE_END, "l").bytes();
        assertEquals(1, ProtoMessage.count(ask(request, 1, Integer.MAX_VALUE), 2));
        put("other", "v");
        larch.write(KvCommand.COMPACT, message().number(1, larch.revision - 1));
        assertNotNull(ask(request, 1, Integer.MAX_VALUE), "its own revision may be read");

        larch.write(KvCommand.COMPACT, message().number(1, larch.application.store().revision()));

        assertNull(ask(request, 1, Integer.MAX_VALUE));
        assertEquals(KvError.COMPACTED, larch.error);
    }

    @Test
    void shouldRefuseWhatRangeRefuses() {
        put("k", "v");
        assertNull(ask(message().text(RANGE_END, "l").bytes(), 1, 1));
        assertEquals(KvError.KEY_NOT_PROVIDED, larch.error);
        assertNull(ask(message().text(KEY, "k").number(REVISION, 9).bytes(), 1, 1));
        assertEquals(KvError.FUTURE_REVISION, larch.error);
        assertNull(larch.read(KvCommand.RANGE_CHUNK, message().text(KEY, "k")));
        assertEquals(KvError.KEY_NOT_PROVIDED, larch.error);
    }

    /** A million keys cost the engine no more in one go than a few thousand. */
    @Test
    void shouldLookAtABoundedNumberOfKeysInOneGo() {
        for (int i = 0; i < 10_000; i++) {
            put("k" + i, "");
        }
        final long old = larch.revision;
        larch.write(KvCommand.DELETE_RANGE, message().text(1, "k").text(2, "l"));
        put("k", "the only one");
        final byte[] request = message().text(KEY, "k").text(RANGE_END, "l").bytes();

        assertEquals(1, ProtoMessage.count(ask(request, 1 << 20, 1 << 20), 2));
        assertTrue(cursor.length > 0, "those deleted are to be passed yet");
        int chunks = 1;
        byte[] last = NOTHING;
        while (cursor.length > 0) {
            last = ask(request, 1 << 20, 1 << 20);
            chunks++;
        }
        assertEquals(3, chunks);
        assertEquals(1, ProtoMessage.number(last, 4));

        final byte[] count =
                message()
                        .text(KEY, "k")
                        .text(RANGE_END, "l")
                        .number(REVISION, old)
                        .flag(COUNT_ONLY, true)
                        .bytes();
        assertEquals(0, ask(count, 1 << 20, 1 << 20).length);
        while (cursor.length > 0) {
            last = ask(count, 1 << 20, 1 << 20);
        }
        assertEquals(10_000, ProtoMessage.number(last, 4));
    }

    /** As when the way to the edge is full, and the key alone is long. */
    @Test
    void shouldTellALongKeyInPartsOfItsOwn() {
        put("a", "short");
        put("b", "v".repeat(700_000));
        put("c", "short");
        final byte[] request = message().text(KEY, "a").text(RANGE_END, "d").bytes();

        assertEquals(1, ProtoMessage.count(ask(request, 1 << 16, 4096), 2));
        final byte[] second = ask(request, 1 << 16, 4096);
        assertEquals(1, ProtoMessage.count(second, 2));
        assertTrue(second.length > 700_000);
        final byte[] third = ask(request, 1 << 16, 4096);
        assertEquals(1, ProtoMessage.count(third, 2));
        assertEquals(3, ProtoMessage.number(third, 4));
        assertEquals(0, cursor.length);
    }
}
