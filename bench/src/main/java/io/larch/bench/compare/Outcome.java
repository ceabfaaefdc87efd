package io.larch.bench.compare;

import io.larch.bench.load.LoadResult;
import java.util.List;
import java.util.Map;

/**
 * What one round of a workload gave with one server.
 *
 * @param runs of the load generator, for their histograms and courses; may be none.
 * @param errors requests that failed; the figures are not worth much then.
 * @param commands what does the same again by hand.
 */
record Outcome(
        Map<Figure, Double> figures,
        List<LoadResult> runs,
        Noise noise,
        long errors,
        List<String> commands) {}
