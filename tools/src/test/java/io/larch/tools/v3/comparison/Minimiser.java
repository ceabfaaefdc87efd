package io.larch.tools.v3.comparison;

import io.larch.tools.v3.comparison.Comparison.Difference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Drops requests from a sequence whose answers differ, as long as some answer still differs: first
 * all but the last few, then ever smaller parts.
 */
final class Minimiser {
    private static final int SHORTEST_TAIL = 32;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(120);

    private final Function<List<Request>, Difference> onFreshServers;
    private final long endNs = System.nanoTime() + LIMIT_NS;

    /**
     * Compares two servers by so many random requests. Returns the shortest sequence that shows a
     * difference; null without one.
     *
     * @param onFreshServers runs a sequence from the start; returns where answers part, or null.
     */
    static Result find(
            final long seed,
            final int count,
            final Function<List<Request>, Difference> onFreshServers) {
        final RandomRequests random = new RandomRequests(seed);
        final List<Request> requests = Stream.generate(random::next).limit(count).toList();
        final Difference difference = onFreshServers.apply(requests);
        return difference == null
                ? null
                : new Minimiser(onFreshServers).minimise(requests, difference);
    }

    /**
     * @param onFreshServers runs a sequence from the start; returns where answers part, or null.
     */
    private Minimiser(final Function<List<Request>, Difference> onFreshServers) {
        this.onFreshServers = onFreshServers;
    }

    /** The shortest sequence found in the time there is, and what it shows. */
    private Result minimise(final List<Request> failing, final Difference difference) {
        Result best = cut(failing, difference);
        for (int length = SHORTEST_TAIL; length < best.requests.size(); length *= 8) {
            final Result tail =
                    tryOut(
                            best.requests.subList(
                                    best.requests.size() - length, best.requests.size()));
            if (tail != null) {
                best = tail;
                break;
            }
        }
        int part = Math.max(1, best.requests.size() / 2);
        while (System.nanoTime() < endNs) {
            final Result shorter = withoutSome(best, part);
            if (shorter != null) {
                best = shorter;
                part = Math.min(part, Math.max(1, best.requests.size() / 2));
            } else if (part == 1) {
                break;
            } else {
                part /= 2;
            }
        }
        return best;
    }

    private Result withoutSome(final Result best, final int part) {
        for (int end = best.requests.size(); end > 0 && System.nanoTime() < endNs; end -= part) {
            final List<Request> fewer =
                    new ArrayList<>(best.requests.subList(0, Math.max(0, end - part)));
            fewer.addAll(best.requests.subList(end, best.requests.size()));
            final Result result = fewer.isEmpty() ? null : tryOut(fewer);
            if (result != null) {
                return result;
            }
        }
        return null;
    }

    private Result tryOut(final List<Request> requests) {
        final Difference difference = onFreshServers.apply(requests);
        return difference == null ? null : cut(requests, difference);
    }

    /** What comes behind the difference has no part in it. */
    private static Result cut(final List<Request> requests, final Difference difference) {
        return new Result(
                new ArrayList<>(requests.subList(0, difference.number() + 1)), difference);
    }

    /** A sequence and the difference at its end. */
    record Result(List<Request> requests, Difference difference) {
        @Override
        public String toString() {
            final StringBuilder text = new StringBuilder();
            requests.forEach(request -> text.append(request).append('\n'));
            return text.append("then\n").append(difference).toString();
        }
    }
}
