package io.larch.bench.restart;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.agrona.IoUtil;

/**
 * Fills a member with keys of 64 bytes and values of 256, has it take a snapshot, kills it, starts
 * it again, and prints how long it took until it told one of the keys, and its resident memory;
 * {@code tools/bin/larch-bench restart}.
 */
public final class RestartMain {
    private static final String USAGE =
            "usage: larch-bench restart [KEYS] [ROUNDS] [FLAG OF THE MEMBER ...]";
    private static final int KEY_LENGTH = 64;
    private static final int VALUE_LENGTH = 256;
    private static final int PUTS = 100;
    private static final int PORT = 23990;
    private static final String URL = "http://127.0.0.1:" + PORT;

    /** Behind which a member's memory is looked at once more. */
    private static final long SETTLE_MILLIS = 32_000;

    private static final long LIMIT_NANOS = TimeUnit.MINUTES.toNanos(5);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Random random = new Random(1);
    private final Path data;
    private final int keys;
    private final List<String> flags;

    private RestartMain(final Path data, final int keys, final List<String> flags) {
        this.data = data;
        this.keys = keys;
        this.flags = flags;
    }

    /** See {@link #USAGE}; exits with 2 when the arguments are wrong. */
    public static void main(final String[] args) throws IOException, InterruptedException {
        final int keys;
        final int rounds;
        try {
            keys = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
            rounds = args.length > 1 ? Integer.parseInt(args[1]) : 3;
        } catch (final NumberFormatException e) {
            System.err.println(USAGE);
            System.exit(2);
            return;
        }
        final Path data = Files.createTempDirectory(Path.of("/var/tmp"), "larch-restart");
        new RestartMain(data, keys, List.of(args).subList(Math.min(2, args.length), args.length))
                .run(rounds);
        System.exit(0);
    }

    private void run(final int rounds) throws IOException, InterruptedException {
        Process member = start();
        try {
            await(0);
            for (int from = 0; from < keys; from += PUTS) {
                fill(from, Math.min(keys, from + PUTS));
            }
            awaitSnapshot();
            report("filled", member, 0);
            for (int round = 1; round <= rounds; round++) {
                member.destroyForcibly().waitFor();
                final long begin = System.nanoTime();
                member = start();
                await(keys - 1);
                report("restart " + round, member, System.nanoTime() - begin);
                Thread.sleep(SETTLE_MILLIS);
                report("  and then", member, TimeUnit.MILLISECONDS.toNanos(SETTLE_MILLIS));
            }
        } finally {
            member.destroyForcibly().waitFor();
        }
        // Where something went wrong it stays, with the member's log.
        IoUtil.delete(data.toFile(), false);
    }

    private Process start() throws IOException {
        final List<String> command =
                new ArrayList<>(
                        List.of(
                                "tools/bin/larchd",
                                "--data-dir=" + data.resolve("data"),
                                "--listen-client-urls=" + URL,
                                "--advertise-client-urls=" + URL,
                                "--listen-peer-urls=http://127.0.0.1:" + (PORT + 1),
                                "--initial-advertise-peer-urls=http://127.0.0.1:" + (PORT + 1),
                                "--initial-cluster=default=http://127.0.0.1:" + (PORT + 1),
                                "--snapshot-count=" + Math.max(1, keys / PUTS)));
        command.addAll(flags);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(data.resolve("member.log").toFile()))
                .start();
    }

    /** Keys share their beginning, and come in no order. */
    private String key(final int i) {
        final long mixed = i * 0x9E3779B97F4A7C15L;
        final String name = String.format(Locale.ROOT, "/registry/things/%016x-%d", mixed, i);
        return name + "x".repeat(KEY_LENGTH - name.length());
    }

    private static String base64(final byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private String base64Key(final int i) {
        return base64(key(i).getBytes(StandardCharsets.US_ASCII));
    }

    private void fill(final int from, final int to) throws IOException, InterruptedException {
        final byte[] value = new byte[VALUE_LENGTH];
        final StringBuilder txn = new StringBuilder("{\"success\":[");
        for (int i = from; i < to; i++) {
            random.nextBytes(value);
            txn.append(i > from ? "," : "")
                    .append("{\"requestPut\":{\"key\":\"")
                    .append(base64Key(i))
                    .append("\",\"value\":\"")
                    .append(base64(value))
                    .append("\"}}");
        }
        post("/v3/kv/txn", txn.append("]}").toString());
    }

    private String post(final String path, final String body)
            throws IOException, InterruptedException {
        final HttpResponse<String> answer =
                http.send(
                        HttpRequest.newBuilder(URI.create(URL + path))
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }

    /** Waits until the member answers, and has a key unless it is the first. */
    private void await(final int key) throws IOException, InterruptedException {
        final long begin = System.nanoTime();
        while (System.nanoTime() - begin < LIMIT_NANOS) {
            try {
                final String answer = post("/v3/kv/range", "{\"key\":\"" + base64Key(key) + "\"}");
                if (key == 0 || answer.contains("\"kvs\"")) {
                    return;
                }
            } catch (final IOException e) {
                // Not there yet.
            }
            Thread.sleep(5);
        }
        throw new IOException("no answer; the log is in " + data);
    }

    private void awaitSnapshot() throws IOException, InterruptedException {
        final Path snapshots = data.resolve("data/member/snap");
        final long begin = System.nanoTime();
        while (System.nanoTime() - begin < LIMIT_NANOS) {
            if (Files.isDirectory(snapshots)) {
                try (Stream<Path> files = Files.list(snapshots)) {
                    if (files.anyMatch(file -> file.toString().endsWith(".snap"))) {
                        return;
                    }
                }
            }
            // So that there is something to take it for.
            fill(keys - 1, keys);
            Thread.sleep(10);
        }
        throw new IOException("no snapshot; the log is in " + data);
    }

    private static void report(final String what, final Process member, final long nanos)
            throws IOException {
        final String resident =
                Files.readAllLines(Path.of("/proc/" + member.pid() + "/status")).stream()
                        .filter(line -> line.startsWith("VmRSS") || line.startsWith("RssAnon"))
                        .map(line -> line.replaceAll("\\s+", " "))
                        .reduce("", (all, line) -> all + ", " + line);
        System.out.printf(Locale.ROOT, "%s: %.0f ms%s%n", what, nanos / 1e6, resident);
    }
}
