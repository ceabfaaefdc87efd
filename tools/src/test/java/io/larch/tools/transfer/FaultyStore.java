package io.larch.tools.transfer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.larch.tools.client.Json;
import io.larch.tools.conformance.MemoryMember;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A member, and in front of it somebody who may answer in its place. */
final class FaultyStore implements AutoCloseable {
    static {
        // Else the end of an answer waits for the client to confirm its beginning.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final MemoryMember member;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer front;
    private final Set<InputStream> open = ConcurrentHashMap.newKeySet();
    private volatile Fault fault = (method, path) -> null;

    /** Answers, or leaves it to the member by null. */
    interface Fault {
        Answer answer(String method, String path) throws IOException;
    }

    /** As the member could give it; a status of 0 breaks the connection. */
    record Answer(int status, String body) {}

    FaultyStore() throws IOException {
        this(MemoryMember.start());
    }

    private FaultyStore(final MemoryMember member) throws IOException {
        this.member = member;
        front = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        front.setExecutor(threads);
        front.createContext("/", this::handle);
        front.start();
    }

    /** One that serves the v3 API, too. */
    static FaultyStore withV3() throws IOException {
        return new FaultyStore(MemoryMember.startWithV3());
    }

    /** Where the one in front is. */
    URI url() {
        return URI.create("http://127.0.0.1:" + front.getAddress().getPort());
    }

    void fault(final Fault other) {
        fault = other;
    }

    /** Asks the member itself; what it says. */
    String ask(final String method, final String path, final String form) {
        try {
            return client.send(
                            request(
                                    method,
                                    "/v2/keys" + path,
                                    form.getBytes(StandardCharsets.UTF_8)),
                            BodyHandlers.ofString())
                    .body();
        } catch (final IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Calls the member itself by its v3 gateway, such as {@code kv/put}; what it says. */
    Map<String, Object> call(final String method, final String json) throws IOException {
        final HttpRequest request =
                HttpRequest.newBuilder(URI.create(member.url() + "/v3/" + method))
                        .POST(HttpRequest.BodyPublishers.ofString(json))
                        .build();
        try {
            return Json.object(Json.parse(client.send(request, BodyHandlers.ofString()).body()));
        } catch (final InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends all answers that are under way. */
    void breakOff() throws IOException {
        for (final InputStream answer : open) {
            answer.close();
        }
    }

    /** Without keys, and without faults. */
    void empty() throws IOException {
        fault = (method, path) -> null;
        ask("DELETE", "/_hidden?recursive=true", "");
        final Map<String, Object> root =
                Json.object(Json.object(Json.parse(ask("GET", "/", ""))).get("node"));
        for (final Object node : Json.list(root.get("nodes"))) {
            final String key = Json.text(Json.object(node).get("key"));
            ask("DELETE", key + "?recursive=true", "");
        }
    }

    /** The same of v3 keys and leases. */
    void emptyKv() throws IOException {
        fault = (method, path) -> null;
        call("kv/deleterange", "{\"key\":\"AA==\",\"range_end\":\"AA==\"}");
        for (final Object lease : Json.list(call("lease/leases", "{}").get("leases"))) {
            call("lease/revoke", "{\"ID\":\"%s\"}".formatted(Json.object(lease).get("ID")));
        }
    }

    void set(final String path, final String value) {
        ask("PUT", path, "value=" + value);
    }

    /** The index of its store. */
    long index() {
        try {
            return client.send(request("GET", "/v2/keys/", new byte[0]), BodyHandlers.discarding())
                    .headers()
                    .firstValueAsLong("X-Etcd-Index")
                    .orElseThrow();
        } catch (final IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpRequest request(final String method, final String path, final byte[] body) {
        return HttpRequest.newBuilder(URI.create(member.url() + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
    }

    private void handle(final HttpExchange exchange) throws IOException {
        final String path = exchange.getRequestURI().toString();
        final byte[] form = exchange.getRequestBody().readAllBytes();
        final Answer answer = fault.answer(exchange.getRequestMethod(), path);
        try (exchange) {
            if (answer == null) {
                forward(exchange, path, form);
            } else if (answer.status() != 0) {
                final byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("X-Etcd-Index", "1");
                exchange.sendResponseHeaders(answer.status(), body.length);
                exchange.getResponseBody().write(body);
            }
        }
    }

    private void forward(final HttpExchange exchange, final String path, final byte[] form)
            throws IOException {
        final HttpResponse<InputStream> reply;
        try {
            reply =
                    client.send(
                            request(exchange.getRequestMethod(), path, form),
                            BodyHandlers.ofInputStream());
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        for (final String name : new String[] {"X-Etcd-Index", "X-Etcd-Cluster-Id"}) {
            reply.headers()
                    .firstValue(name)
                    .ifPresent(value -> exchange.getResponseHeaders().set(name, value));
        }
        exchange.sendResponseHeaders(reply.statusCode(), 0);
        try (InputStream body = reply.body()) {
            open.add(body);
            final byte[] piece = new byte[1 << 16];
            for (int length = body.read(piece); length >= 0; length = body.read(piece)) {
                exchange.getResponseBody().write(piece, 0, length);
                exchange.getResponseBody().flush();
            }
        } finally {
            open.remove(reply.body());
        }
    }

    @Override
    public void close() {
        front.stop(0);
        threads.shutdownNow();
        member.close();
    }
}
