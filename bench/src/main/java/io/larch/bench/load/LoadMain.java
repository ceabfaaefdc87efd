package io.larch.bench.load;

import io.larch.tools.client.SimpleHttpClient;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** The load generator's command line; {@code tools/bin/larch-bench} starts it. */
public final class LoadMain {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private LoadMain() {}

    /** Run as told by {@code --name=value} arguments; exits with 2 when they are wrong. */
    public static void main(final String[] args) throws IOException, InterruptedException {
        final LoadContext context;
        try {
            context = LoadContext.parse(args);
        } catch (final IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(LoadContext.USAGE);
            System.exit(2);
            return;
        }

        final List<LoadResult> results;
        try (Workload workload = Workload.of(context)) {
            workload.prepare();
            if (context.warmupSeconds() > 0) {
                workload.run(context.warmupSeconds());
            }
            results = workload.run(context.durationSeconds());
        }

        final String command = "tools/bin/larch-bench load " + String.join(" ", args);
        for (final LoadResult result : results) {
            System.out.println(result.text());
            if (context.report() != null) {
                System.out.println(
                        new ReportWriter(context).write(result, version(context.url()), command));
            }
        }
    }

    private static String version(final URI url) throws IOException {
        return new SimpleHttpClient(TIMEOUT)
                .get(url.resolve("/version"))
                .body()
                .replaceAll("[|\\s]", " ");
    }
}
