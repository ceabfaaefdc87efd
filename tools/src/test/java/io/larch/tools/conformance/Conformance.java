package io.larch.tools.conformance;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Replays recordings of a real etcd against any server and reports where it answers otherwise.
 *
 * <p>The server must be fresh, with one member named {@code default}, for its index numbers are
 * part of the replies.
 */
public final class Conformance {
    private final URI url;
    private final ExpectedDifferences expectedDifferences;

    Conformance(final URI url, final ExpectedDifferences expectedDifferences) {
        this.url = url;
        this.expectedDifferences = expectedDifferences;
    }

    /**
     * Replay a recording.
     *
     * @return one text for each exchange that differs without a reason; empty when the server
     *     conforms.
     */
    List<String> replay(final List<Exchange> exchanges) throws IOException {
        final List<String> failures = new ArrayList<>();
        final long startNs = System.nanoTime();
        int number = 0;
        for (final Exchange exchange : exchanges) {
            number++;
            final List<String> differences = compare(expectedDifferences.adapt(exchange), startNs);
            if (!differences.isEmpty()) {
                failures.add(
                        "#"
                                + number
                                + " "
                                + exchange.request()
                                + "\n    "
                                + String.join("\n    ", differences));
            }
        }
        return failures;
    }

    private List<String> compare(final Exchange exchange, final long startNs) throws IOException {
        final HttpReply reply;
        try {
            reply =
                    HttpConnection.exchange(
                            url,
                            exchange.method(),
                            exchange.path(),
                            exchange.body(),
                            exchange.headers());
        } catch (final IOException e) {
            return List.of("no reply: " + e);
        }
        final long ageSeconds = (System.nanoTime() - startNs) / 1_000_000_000L;
        return ReplyComparison.differences(exchange, reply, ageSeconds);
    }

    /**
     * {@code Conformance URL FILE}: replay one recording against a fresh server; exits with 1 when
     * it differs.
     */
    public static void main(final String[] args) throws IOException {
        if (args.length != 2) {
            System.err.println("usage: Conformance URL RECORDING.jsonl");
            System.exit(2);
        }
        final URI url = URI.create(args[0]);
        final String version = HttpConnection.exchange(url, "GET", "/version", null).text();
        final Conformance conformance =
                new Conformance(url, ExpectedDifferences.ofVersion(version));
        final List<Exchange> exchanges = Recording.file(Path.of(args[1]));
        final List<String> failures = conformance.replay(exchanges);
        failures.forEach(System.out::println);
        System.out.println(failures.size() + " of " + exchanges.size() + " exchanges differ");
        System.exit(failures.isEmpty() ? 0 : 1);
    }
}
