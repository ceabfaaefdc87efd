package io.larch.bench.compare;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** All rounds of one workload with both servers. Rounds with the same number were done in turns. */
final class Result {
    private final Map<Server, List<Outcome>> rounds = new EnumMap<>(Server.class);
    private final List<String> failures = new ArrayList<>();
    private final Experiment experiment;

    Result(final Experiment experiment) {
        this.experiment = experiment;
        for (final Server server : Server.values()) {
            rounds.put(server, new ArrayList<>());
        }
    }

    Experiment experiment() {
        return experiment;
    }

    void add(final Server server, final Outcome outcome) {
        rounds.get(server).add(outcome);
    }

    /** A round could not be done. */
    void addFailure(final Server server, final Exception why) {
        failures.add(server.title() + ": " + why);
    }

    /** Rounds that could not be done, for people. */
    List<String> failures() {
        return failures;
    }

    /** In the order in which they were done. */
    List<Outcome> outcomes(final Server server) {
        return rounds.get(server);
    }

    boolean isEmpty() {
        return all().findAny().isEmpty();
    }

    private Stream<Outcome> all() {
        return rounds.values().stream().flatMap(Collection::stream);
    }

    /** NaN where it was not measured. */
    double[] values(final Server server, final Figure figure) {
        return rounds.get(server).stream()
                .mapToDouble(outcome -> outcome.figures().getOrDefault(figure, Double.NaN))
                .toArray();
    }

    /** Of the rounds; NaN when it was never measured. */
    double median(final Server server, final Figure figure) {
        return Rounds.median(values(server, figure));
    }

    /**
     * Larch's figure by etcd's: the median of the rounds, in each of which both met the same
     * machine; of the medians where a round is missing. NaN when one is not known, or etcd's is 0.
     */
    double ratio(final Figure figure) {
        final double[] larch = values(Server.LARCH, figure);
        final double[] etcd = values(Server.ETCD, figure);
        return larch.length == etcd.length
                ? Rounds.median(ratios(larch, etcd))
                : divide(Rounds.median(larch), Rounds.median(etcd));
    }

    private static double[] ratios(final double[] larch, final double[] etcd) {
        return IntStream.range(0, Math.min(larch.length, etcd.length))
                .mapToDouble(i -> divide(larch[i], etcd[i]))
                .toArray();
    }

    private static double divide(final double larch, final double etcd) {
        return etcd == 0 ? Double.NaN : larch / etcd;
    }

    /** What is held against the limits of a goal. */
    double value(final Goal goal) {
        return goal.basis() == Goal.Basis.RATIO
                ? ratio(goal.figure())
                : median(Server.LARCH, goal.figure());
    }

    /** The same of each round. */
    double[] valuesOfRounds(final Goal goal) {
        final double[] larch = values(Server.LARCH, goal.figure());
        if (goal.basis() == Goal.Basis.LARCH) {
            return larch;
        }
        return ratios(larch, values(Server.ETCD, goal.figure()));
    }

    /** Whether others used the machine for too much of the time in more than half of the rounds. */
    boolean isDisturbed() {
        final long disturbed = all().filter(outcome -> outcome.noise().isDisturbing()).count();
        return 2 * disturbed > all().count();
    }

    /** Of the rounds. */
    Noise noise() {
        return new Noise(
                Rounds.median(all().mapToDouble(outcome -> outcome.noise().others()).toArray()),
                Rounds.median(all().mapToDouble(outcome -> outcome.noise().stolen()).toArray()));
    }

    /** Requests that failed in all rounds. */
    long errors(final Server server) {
        return rounds.get(server).stream().mapToLong(Outcome::errors).sum();
    }

    Verdict verdict(final Goal goal) {
        return Verdict.of(goal, value(goal), valuesOfRounds(goal), isDisturbed());
    }
}
