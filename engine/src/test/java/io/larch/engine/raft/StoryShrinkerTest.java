package io.larch.engine.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StoryShrinkerTest {
    private static RaftSimulation.Failure failing(final Set<Rule> broken) {
        for (long seed = 1; seed < 1000; seed++) {
            try {
                new RaftSimulation(seed, broken).run(1500);
            } catch (final RaftSimulation.Failure failure) {
                return failure;
            }
        }
        throw new AssertionError("nothing fails without " + broken);
    }

    @ParameterizedTest
    @EnumSource(
            value = Rule.class,
            names = {"ACK_WAITS_FOR_DISK", "VOTE_IS_SAVED"})
    @Tag("slow")
    void shouldReplayAndShrinkWhatASimulationDid(final Rule rule) {
        final Set<Rule> broken = Set.of(rule);
        final RaftSimulation.Failure failure = failing(broken);
        final String kind = StoryShrinker.failure(failure.story(), broken);
        assertEquals(
                failure.getCause().getMessage().replaceAll("[0-9]+", "N"),
                kind,
                "the actions alone lead there again");

        final List<String> few = new StoryShrinker(failure.story(), broken).shrink();
        assertEquals(kind, StoryShrinker.failure(few, broken));
        assertTrue(few.size() < 150, () -> few.size() + " of " + failure.story().size());
        assertNull(StoryShrinker.failure(few, Set.of()), "nothing is wrong when the rule is kept");

        final List<String> told = StoryShrinker.told("what happened", few, broken);
        assertTrue(told.get(told.size() - 1).startsWith("BROKEN: "), () -> told.toString());
    }

    @Test
    void shouldPlayTheActionsOfAFile(@TempDir final Path folder) throws IOException {
        final Path file = folder.resolve("actions.txt");
        Files.write(file, List.of("members 1", "propose 1 a", "campaign 1", "propose 1 b"));
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        StoryTool.run(
                new String[] {"replay", file.toString()},
                new PrintStream(bytes, true, StandardCharsets.UTF_8));
        final String told = bytes.toString(StandardCharsets.UTF_8);
        assertTrue(told.contains("1: no leader\n"), told);
        assertTrue(told.endsWith("1: appends 2/1\n1: commit 2\n1: applies 2: b\n"), told);
    }
}
