package io.larch.bench.compare;

import io.larch.bench.load.LoadContext;
import io.larch.bench.load.LoadResult;
import io.larch.bench.load.Workload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A server, or the leader of a cluster, that is put under load.
 *
 * @param pids of all members.
 */
record Target(String url, long[] pids) {
    /** What a run needs to know, with the options of the load generator. */
    LoadContext context(final List<String> options) {
        return LoadContext.parse(arguments(options).toArray(String[]::new));
    }

    private List<String> arguments(final List<String> options) {
        final List<String> all = new ArrayList<>();
        all.add("--url=" + url);
        all.add(
                "--pid="
                        + Arrays.stream(pids)
                                .mapToObj(Long::toString)
                                .collect(Collectors.joining(",")));
        all.addAll(options);
        return all;
    }

    /** What does the same by hand, but for the processes. */
    String command(final List<String> options) {
        return "tools/bin/larch-bench load --url=" + url + " " + String.join(" ", options);
    }

    /** Puts it under load once, without what goes before. */
    LoadResult load(final String... options) throws IOException {
        final LoadContext context = context(List.of(options));
        try (Workload workload = Workload.of(context)) {
            workload.prepare();
            return workload.run(context.durationSeconds()).get(0);
        }
    }
}
