package io.larch.engine.codec.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.Random;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProtoTest {
    private final ExpandableArrayBuffer target = new ExpandableArrayBuffer();
    private final ProtoReader reader = new ProtoReader();

    /** What protobuf's documentation gives as examples, and the ends of the range. */
    @ParameterizedTest
    @CsvSource({
        "1, 150, 089601",
        "4, 1, 2001",
        "15, 127, 787f",
        "16, 128, 80018001",
        "1, -1, 08ffffffffffffffffff01",
        "1, -9223372036854775808, 0880808080808080808001",
        "536870911, 9223372036854775807, f8ffffff0fffffffffffffffff7f",
        "3, 0, ''"
    })
    void shouldWriteAndReadNumbers(final int field, final long value, final String hex) {
        final int end = ProtoWriter.number(target, 0, field, value);
        assertEquals(hex, hex(end));
        assertEquals(end, ProtoWriter.numberLength(field, value));
        reader.wrap(target, 0, end);
        if (value != 0) {
            assertTrue(reader.next());
            assertEquals(field, reader.field());
            assertEquals(value, reader.number());
            assertEquals(0, reader.length());
        }
        assertFalse(reader.next());
        assertFalse(reader.isBroken());
    }

    @Test
    void shouldWriteAndReadBytesAndMessages() {
        final UnsafeBuffer text = new UnsafeBuffer("testing".getBytes());
        int end = ProtoWriter.bytes(target, 0, 2, text, 0, 7);
        assertEquals("120774657374696e67", hex(end));
        assertEquals(end, ProtoWriter.bytesLength(2, 7));
        end = ProtoWriter.bytes(target, end, 3, text, 0, 0);
        end = ProtoWriter.element(target, end, 3, text, 0, 0);
        end = ProtoWriter.flag(target, end, 4, true);
        end = ProtoWriter.flag(target, end, 5, false);
        end = ProtoWriter.ascii(target, end, 6, "ok");
        end = ProtoWriter.ascii(target, end, 7, "");
        assertEquals("120774657374696e671a00200132026f6b", hex(end));
        reader.wrap(target, 0, end);
        assertTrue(reader.next());
        assertEquals(
                "testing",
                reader.buffer().getStringWithoutLengthAscii(reader.offset(), reader.length()));
        assertEquals(0, reader.number());
        assertTrue(reader.next() && reader.field() == 3 && reader.length() == 0);
        assertTrue(reader.next() && reader.field() == 4 && reader.flag());
        assertTrue(reader.next() && reader.field() == 6 && reader.is(ProtoReader.BYTES));
        assertFalse(reader.next());
        assertFalse(reader.isBroken());
    }

    @Test
    void shouldPassOverFieldsOfFixedLength() {
        read("0d01020304" + "1105060708090a0b0c" + "1863");
        assertTrue(reader.next() && reader.is(ProtoReader.FIXED32) && reader.number() == 0);
        assertTrue(reader.next() && reader.is(ProtoReader.FIXED64) && reader.length() == 0);
        assertTrue(reader.next() && reader.number() == 99);
        assertFalse(reader.next() || reader.isBroken());
    }

    /**
     * Cut short, a varint of eleven bytes, groups, unknown wire types, field 0, fields too large.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "08", "0880", "0affffffff0f01", "0a05010203", "0a", "0d010203", "1101020304050607",
                "08ffffffffffffffffffff01", "0b", "0c", "0e00", "0f00", "0001", "80808080101001",
                "0affffffffffffffffff01"
            })
    void shouldSayWhatIsBroken(final String hex) {
        read(hex);
        assertFalse(reader.next());
        assertTrue(reader.isBroken());
        assertFalse(reader.next());
    }

    @Test
    void shouldEndWithinTheMessageWhateverIsInIt() {
        final Random random = new Random(42);
        for (int i = 0; i < 20_000; i++) {
            final byte[] bytes = new byte[random.nextInt(24)];
            random.nextBytes(bytes);
            reader.wrap(new UnsafeBuffer(bytes), 0, bytes.length);
            int fields = 0;
            while (reader.next()) {
                fields++;
                assertTrue(
                        reader.length() == 0 || reader.offset() + reader.length() <= bytes.length);
            }
            assertTrue(fields <= bytes.length / 2);
        }
    }

    private void read(final String hex) {
        final byte[] bytes = HexFormat.of().parseHex(hex);
        reader.wrap(new UnsafeBuffer(bytes), 0, bytes.length);
    }

    private String hex(final int length) {
        final byte[] bytes = new byte[length];
        target.getBytes(0, bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
