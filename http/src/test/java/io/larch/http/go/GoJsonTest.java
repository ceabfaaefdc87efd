package io.larch.http.go;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoJsonTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                " [ ] ",
                "{\"a\":1}",
                "{\"a\" : [ {} , [ ] , -0.5e+7 ] , \"b\":null}",
                "[[],[[]],{\"a\":{\"b\":[true,false]}}]",
                "\"\\u00e9\\n\"",
                "0"
            })
    void shouldFindNothingWrong(final String text) {
        assertNull(errorOf(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|unexpected end of JSON input",
                "[|unexpected end of JSON input",
                "[1|unexpected end of JSON input",
                "{\"a\"|unexpected end of JSON input",
                "{\"a\":|unexpected end of JSON input",
                "[1,]|invalid character ']' looking for beginning of value",
                "[,1]|invalid character ',' looking for beginning of value",
                "{\"a\":1,}|invalid character '}' looking for beginning of object key string",
                "{\"a\":1 \"b\"}|invalid character '\"' after object key:value pair",
                "{\"a\" 1}|invalid character '1' after object key",
                "[1 2]|invalid character '2' after array element",
                "{} x|invalid character 'x' after top-level value",
                "[1}|invalid character '}' after array element",
                "nul|unexpected end of JSON input",
                "nulx|invalid character 'x' in literal null (expecting 'l')",
                "1.x|invalid character 'x' after decimal point in numeric literal"
            })
    void shouldSayWhatIsWrong(final String text, final String error) {
        assertEquals(error, errorOf(text));
    }

    @Test
    void shouldEndAtADepthNotAtTheEndOfTheStack() throws InterruptedException {
        final String[] errors = new String[2];
        final Thread thread =
                new Thread(
                        null,
                        () -> {
                            errors[0] = errorOf("[".repeat(100_000));
                            errors[1] = errorOf("{\"a\":".repeat(100_000));
                        },
                        "small",
                        64 * 1024);
        thread.start();
        thread.join();

        assertEquals("exceeded max depth", errors[0]);
        assertEquals("exceeded max depth", errors[1]);
    }

    private static String errorOf(final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return GoJson.errorOf(bytes, bytes.length);
    }
}
