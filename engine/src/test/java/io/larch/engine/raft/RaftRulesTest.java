package io.larch.engine.raft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests of the tests: each rule of the core is broken by itself, and the stories that are about it
 * must come out otherwise. A rule without a story fails here.
 */
class RaftRulesTest {
    private static final int FEWEST_RULES = 40;
    private static final int SEEDS = 400;
    private static final int STEPS = 6000;

    /**
     * Where the search begins for what shows seldom. After a change of the simulation it may find
     * it elsewhere, and later.
     */
    private static final Map<Rule, Long> FIRST_SEEDS =
            Map.of(
                    Rule.APPEND_CHECKS_PREVIOUS, 181L,
                    Rule.HEARTBEAT_REPLY_RESUMES, 20L,
                    Rule.LOWER_TERM_IS_ANSWERED, 26L,
                    Rule.READ_NEEDS_ROUND, 29L,
                    Rule.READ_ROUND_IS_NEW, 277L);

    private static List<Story> stories;

    @BeforeAll
    static void readStories() throws IOException {
        stories = StoriesTest.stories();
    }

    @ParameterizedTest
    @EnumSource(Rule.class)
    void shouldNoticeInAStory(final Rule rule) {
        final List<Story> about =
                stories.stream().filter(story -> story.rules().contains(rule)).toList();
        assertFalse(about.isEmpty(), "no story is about " + rule);
        for (final Story story : about) {
            final List<String> kept = story.play(Set.of());
            assertEquals(story.lines(), kept, "with " + rule);
            assertNotEquals(kept, story.play(Set.of(rule)), story + " without " + rule);
        }
    }

    @Test
    void shouldHaveASwitchForMostRules() {
        assertTrue(Rule.values().length >= FEWEST_RULES);
        assertTrue(Rule.CAN_BE_BROKEN, "tests run with assertions");
    }

    /** Those whose breach shows as damage in a short random walk. */
    @ParameterizedTest
    @EnumSource(
            value = Rule.class,
            names = {
                "ACK_WAITS_FOR_DISK",
                "APPEND_CHECKS_PREVIOUS",
                "GRANT_WAITS_FOR_DISK",
                "HEARTBEAT_COMMIT_IS_MATCHED",
                "HEARTBEAT_REPLY_RESUMES",
                "LEADER_COUNTS_ITSELF_WHEN_DURABLE",
                "LOWER_TERM_IS_ANSWERED",
                "NOOP_OF_NEW_LEADER",
                "ONE_VOTE_PER_TERM",
                "OVERWRITTEN_IS_NOT_DURABLE",
                "PRE_VOTE_CHANGES_NOTHING",
                "READ_AFTER_OWN_COMMIT",
                "READ_NEEDS_ROUND",
                "READ_ROUND_IS_NEW",
                "SNAPSHOT_TIMES_OUT",
                "TRUNCATE_ONLY_AT_CONFLICT",
                "VOTE_IS_SAVED",
                "VOTE_ONLY_FOR_UP_TO_DATE"
            })
    @Tag("slow")
    void shouldNoticeInTheSimulation(final Rule rule) {
        final long first = FIRST_SEEDS.getOrDefault(rule, 1L);
        boolean isNoticed = false;
        for (long seed = first; seed < first + SEEDS && !isNoticed; seed++) {
            try {
                new RaftSimulation(seed, Set.of(rule)).run(STEPS);
            } catch (final AssertionError error) {
                isNoticed = true;
            }
        }
        assertTrue(isNoticed, rule + " is not noticed");
    }
}
