package io.larch.engine.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Plays the stories of {@code src/test/resources/stories}. With {@code
 * -Dlarch.stories.rewrite=true} what they leave now becomes what is expected: read the difference
 * before you keep it.
 */
class StoriesTest {
    private static final Path FOLDER = Path.of("src/test/resources/stories");

    static List<Story> stories() throws IOException {
        return Story.readAll(FOLDER);
    }

    @ParameterizedTest
    @MethodSource("stories")
    void shouldLeaveTheTraceThatIsWritten(final Story story) throws IOException {
        final List<String> played = story.play(Set.of());
        if (Boolean.getBoolean("larch.stories.rewrite")) {
            Files.write(FOLDER.resolve(story.toString()), played, StandardCharsets.UTF_8);
        } else {
            assertEquals(String.join("\n", story.lines()), String.join("\n", played));
        }
        assertEquals(List.of(), played.stream().filter(StoriesTest::isTrouble).toList());
    }

    private static boolean isTrouble(final String line) {
        return line.startsWith("BROKEN: ") || line.startsWith("FAILED: ");
    }
}
