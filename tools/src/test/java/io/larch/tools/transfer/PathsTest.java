package io.larch.tools.transfer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class PathsTest {
    @Test
    void shouldOrderAsASortedListingDoes() {
        final List<String> listed =
                List.of(
                        "/a",
                        "/a/b",
                        "/a/b/c",
                        "/a/b!",
                        "/a!",
                        "/a-b",
                        "/ab",
                        "/\uffee",
                        "/\ud83d\ude00");
        final List<String> sorted = new ArrayList<>(listed);
        Collections.reverse(sorted);

        sorted.sort(Paths.ORDER);

        assertEquals(listed, sorted);
    }

    @Test
    void shouldKnowWhatIsBelowAndHidden() {
        assertTrue(Paths.isBelow("/a/b", "/a"));
        assertTrue(Paths.isBelow("/a", "/"));
        assertFalse(Paths.isBelow("/ab", "/a"));
        assertFalse(Paths.isBelow("/a", "/a"));
        assertFalse(Paths.isBelow("/", "/"));
        assertTrue(Paths.isHidden("/a/_b/c", "/a"));
        assertTrue(Paths.isHidden("/_b", "/"));
        assertFalse(Paths.isHidden("/_b/c", "/_b"));
        assertFalse(Paths.isHidden("/a/b_c", "/a"));
    }

    @Test
    void shouldWriteAPathAsAUrlHasIt() {
        assertEquals("/v2/keys", Paths.url("/"));
        assertEquals("/v2/keys/a%20b/%2B%25%3F/%C3%BC", Paths.url("/a b/+%?/ü"));
        assertEquals("/b/c", Paths.canonical("a/../b//c/."));
        assertEquals("/", Paths.canonical(""));
    }
}
