package io.larch.http.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class JsonWriterTest {
    /** Wherever it stands: strings are looked at eight bytes at a time. */
    @Test
    void escapesEachAsciiCharacterAtEachPlace() {
        for (int length = 1; length <= 20; length++) {
            for (int at = 0; at < length; at++) {
                for (char c = 0; c < 0x80; c++) {
                    final String before = "a".repeat(at);
                    final String after = "~".repeat(length - at - 1);
                    assertEquals(
                            '"' + before + escaped(c) + after + '"', print(before + c + after));
                }
            }
        }
    }

    @Test
    void keepsUtf8AtEachPlace() {
        for (int at = 0; at < 20; at++) {
            for (final String c : new String[] {"é", "ü", "€", "\uD83C\uDF32"}) {
                final String text = "a".repeat(at) + c + "bcdefghijk<";
                assertEquals('"' + text.substring(0, text.length() - 1) + "\\u003c\"", print(text));
            }
            final String text = "a".repeat(at) + "\u2028bcdefghijk";
            assertEquals('"' + text.replace("\u2028", "\\u2028") + '"', print(text));
        }
    }

    @Test
    void replacesEachByteThatIsNoUtf8() {
        for (int b = 0x80; b < 0x100; b++) {
            for (int at = 0; at < 20; at++) {
                final byte[] bytes = new byte[20];
                Arrays.fill(bytes, (byte) 'a');
                bytes[at] = (byte) b;
                final ByteWriter out = new ByteWriter();
                new JsonWriter(out).string(bytes, 0, bytes.length);
                assertEquals(
                        '"' + "a".repeat(at) + "\\ufffd" + "a".repeat(19 - at) + '"',
                        out.toString());
            }
        }
    }

    private static String print(final String text) {
        final ByteWriter out = new ByteWriter();
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        new JsonWriter(out).string(bytes, 0, bytes.length);
        return out.toString();
    }

    private static String escaped(final char c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default ->
                    c < 0x20 || c == '<' || c == '>' || c == '&'
                            ? String.format("\\u%04x", (int) c)
                            : String.valueOf(c);
        };
    }
}
