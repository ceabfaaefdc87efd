package io.larch.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GoTextTest {
    @Test
    void shouldShortenPaths() {
        assertEquals("/", GoText.canonicalPath(""));
        assertEquals("/", GoText.canonicalPath("//"));
        assertEquals("/a/b", GoText.canonicalPath("a//b"));
        assertEquals("/a/b/", GoText.canonicalPath("/a/./b/"));
        assertEquals("/b", GoText.canonicalPath("/a/../../b"));
        assertEquals("/", GoText.canonicalPath("/a/../"));
    }

    @Test
    void shouldEscapeWhatAPathMayNotHave() {
        assertEquals("/a$&+,:;=@~b", GoText.escapedPath("/a$&+,:;=@~b"));
        assertEquals("/%20%3F%23%25%21%27%28%2A", GoText.escapedPath("/ ?#%!'(*"));
        assertEquals("/%C3%BC", GoText.escapedPath("/ü"));
    }

    @Test
    void shouldSortAQueryAndEscapeIt() {
        assertEquals(
                "ttl=5&value=a+b%26%2A~%C3%BC",
                GoText.query(new TreeMap<>(Map.of("value", "a b&*~ü", "ttl", "5"))));
    }

    @Test
    void shouldQuoteForJsonWithinHtml() {
        assertEquals(
                "\"\\\"\\\\\\n\\r\\t\\u0008\\u001f\\u003ca\\u003e\\u0026\\u2028ü\"",
                GoText.json("\"\\\n\r\t\b\u001f<a>&\u2028ü"));
    }
}
