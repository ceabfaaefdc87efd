package io.larch.tools.v3.comparison;

import io.larch.tools.conformance.JsonTree;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/**
 * The JSON gateway of a server.
 *
 * <p>A watch is answered at once as well: after it was created, its first key is written and
 * deleted, and the answer is all that the watch told until then. How the server parted that into
 * messages does not count.
 */
final class Gateway implements Server {
    private static final int LIMIT_MS = 10_000;

    /** As many as there are servers asked at a time. They end when they have nothing to do. */
    private static final Executor THREADS =
            Executors.newCachedThreadPool(
                    task -> {
                        final Thread thread = new Thread(task, "gateway");
                        thread.setDaemon(true);
                        return thread;
                    });

    static {
        // The JDK would ask for anything once more that was not answered.
        System.setProperty("sun.net.http.retryPost", "false");
    }

    private final URI url;

    Gateway(final URI url) {
        this.url = url;
    }

    @Override
    public CompletableFuture<Answer> answer(final Request request) {
        return CompletableFuture.supplyAsync(
                () -> request.isWatch() ? watch(request) : exchange(request), THREADS);
    }

    private HttpURLConnection send(final Request request) throws IOException {
        final HttpURLConnection connection =
                (HttpURLConnection) url.resolve("/v3/" + request.path()).toURL().openConnection();
        connection.setConnectTimeout(LIMIT_MS);
        connection.setReadTimeout(LIMIT_MS);
        connection.setRequestMethod("POST");
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setDoOutput(true);
        try (OutputStream body = connection.getOutputStream()) {
            body.write(request.body().getBytes(StandardCharsets.UTF_8));
        }
        return connection;
    }

    private Answer exchange(final Request request) {
        try {
            return answer(send(request));
        } catch (final IOException e) {
            return silence(e);
        }
    }

    private static Answer answer(final HttpURLConnection connection) throws IOException {
        final int status = connection.getResponseCode();
        try (InputStream body =
                status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return answer(status, new String(body.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** A stream that ends by itself has one object a line. */
    private static Answer answer(final int status, final String text) {
        final List<Object> lines = text.lines().map(Gateway::tree).toList();
        return new Answer(status, lines.size() == 1 ? lines.get(0) : lines);
    }

    private static Object tree(final String text) {
        try {
            return JsonTree.parse(text);
        } catch (final IllegalArgumentException e) {
            return text;
        }
    }

    private static Answer silence(final IOException failure) {
        return new Answer(0, failure.toString());
    }

    private Answer watch(final Request request) {
        try {
            final HttpURLConnection connection = send(request);
            if (connection.getResponseCode() != 200) {
                return answer(connection);
            }
            try (BufferedReader lines =
                    new BufferedReader(
                            new InputStreamReader(
                                    connection.getInputStream(), StandardCharsets.UTF_8))) {
                return new Answer(200, follow(request, lines));
            } finally {
                connection.disconnect();
            }
        } catch (final IOException e) {
            return silence(e);
        }
    }

    private Map<String, Object> follow(final Request request, final BufferedReader lines)
            throws IOException {
        final Map<String, Object> told = new LinkedHashMap<>();
        final List<Object> events = new ArrayList<>();
        told.put("events", events);
        final Object created = next(lines, told);
        told.put("created", created);
        if (JsonTree.at(created, "canceled") != null) {
            return told;
        }
        final List<Answer> fences = fence(request);
        told.put("fences", fences.stream().map(Answer::tree).toList());
        final long end = lastToldRevision(request, fences);
        while (lastRevision(events) < end) {
            final Object message = next(lines, told);
            if (JsonTree.at(message, "canceled") != null) {
                told.put("end", message);
                return told;
            }
            if (message == null) {
                return told;
            }
            if (JsonTree.at(message, "events") instanceof List<?> more) {
                events.addAll(more);
            }
        }
        return told;
    }

    /** The next message; null, and the reason told, when none comes. */
    private static Object next(final BufferedReader lines, final Map<String, Object> told) {
        try {
            final String text = lines.readLine();
            final Object tree = text == null ? "end of stream" : tree(text);
            final Object result = JsonTree.at(tree, "result");
            if (result == null) {
                told.put("broken", tree);
            }
            return result;
        } catch (final IOException e) {
            told.put("broken", e.toString());
            return null;
        }
    }

    private List<Answer> fence(final Request watch) {
        final Object key = JsonTree.at(JsonTree.parse(watch.body()), "create_request", "key");
        final String start = key instanceof String text && !text.isEmpty() ? text : "AA==";
        return List.of(
                exchange(new Request("kv/put", "{\"key\":\"" + start + "\",\"value\":\"ZQ==\"}")),
                exchange(new Request("kv/deleterange", "{\"key\":\"" + start + "\"}")));
    }

    /**
     * The newest revision that the watch tells of, as its filters leave one; 0 when it need not
     * tell any: a store without space takes no put.
     */
    private static long lastToldRevision(final Request watch, final List<Answer> fences) {
        final Answer put = fences.get(0);
        final Answer delete = fences.get(1);
        long end = 0;
        if (put.status() == 200 && !watch.body().contains("NOPUT")) {
            end = put.number("header", "revision");
        }
        if (delete.number("deleted") > 0 && !watch.body().contains("NODELETE")) {
            end = delete.number("header", "revision");
        }
        final Object start =
                JsonTree.at(JsonTree.parse(watch.body()), "create_request", "start_revision");
        return start instanceof String text && Long.parseLong(text) > end ? 0 : end;
    }

    private static long lastRevision(final List<Object> events) {
        return events.isEmpty()
                ? 0
                : Long.parseLong(
                        (String) JsonTree.at(events.get(events.size() - 1), "kv", "mod_revision"));
    }
}
