package io.larch.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static List<Experiment> experiments(final String... arguments) {
        return Plan.stages(CompareContext.parse(arguments)).stream().flatMap(List::stream).toList();
    }

    @Test
    void shouldGiveEachWorkloadANameOfItsOwn() {
        final Set<String> names = new HashSet<>();

        experiments().forEach(each -> assertTrue(names.add(each.name()), each::name));
    }

    @Test
    void shouldWantMoreOfAnAimThanOfAMust() {
        for (final Experiment experiment : experiments()) {
            for (final Goal goal : experiment.goals()) {
                assertEquals(Verdict.AIM, goal.verdict(goal.aim()), experiment::name);
                assertEquals(Verdict.MUST, goal.verdict(goal.must()), experiment::name);
            }
        }
    }

    @Test
    void shouldHaveAGoalForAllThatIsRunByItself() {
        experiments().stream()
                .filter(experiment -> !experiment.isOnRequest())
                .forEach(each -> assertFalse(each.goals().isEmpty(), each::name));
    }

    @Test
    void shouldSpeakTheLanguageOfTheGenerator() {
        final Target target = new Target("http://127.0.0.1:1", new long[] {1, 2});
        for (final Experiment experiment : experiments()) {
            if (experiment instanceof LoadExperiment load) {
                assertEquals(2, target.context(load.options()).pids().length, load::name);
            }
        }
    }

    @Test
    void shouldWarmByMoreThanIsMeasuredButNoMoreThanServersKeepUpWith() {
        assertEquals(2000, warmRate("--operation=watch", "--rate=200", "--streams=1"));
        assertEquals(50, warmRate("--operation=watch", "--rate=10", "--streams=1000"));
        assertEquals(200, warmRate("--operation=v3-watch", "--rate=200", "--watches=1000"));
    }

    private static int warmRate(final String... options) {
        final Target target = new Target("http://127.0.0.1:1", new long[] {1});
        return LoadExperiment.warmRate(target.context(List.of(options)));
    }

    @Test
    void shouldLeaveOutClustersOfOne() {
        assertTrue(experiments().stream().anyMatch(each -> each.name().contains("members")));
        assertTrue(
                experiments("--members=1").stream()
                        .noneMatch(each -> each.name().contains("members")));
    }

    @Test
    void shouldDoWhatTakesLongOnlyWhenThereIsTimeOrWhenAsked() {
        final CompareContext full = CompareContext.parse("--full");
        final CompareContext quick = CompareContext.parse("--quick");
        final CompareContext named = CompareContext.parse("--quick", "--only=million|half");

        for (final String name : List.of("million keys", "half load")) {
            assertTrue(isWanted(full, name));
            assertFalse(isWanted(quick, name));
            assertTrue(isWanted(named, name));
        }
    }

    private static boolean isWanted(final CompareContext context, final String name) {
        return Plan.stages(context).stream()
                .flatMap(List::stream)
                .filter(context::isWanted)
                .anyMatch(each -> each.name().equals(name));
    }

    @Test
    void shouldBeginEachRoundWithTheOtherServer() {
        assertEquals(List.of(Server.LARCH, Server.ETCD), Comparison.order(0));
        assertEquals(List.of(Server.ETCD, Server.LARCH), Comparison.order(1));
    }
}
