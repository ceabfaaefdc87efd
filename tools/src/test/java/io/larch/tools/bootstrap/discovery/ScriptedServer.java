package io.larch.tools.bootstrap.discovery;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Answers requests in the order of a script, whatever they ask, and writes down what they asked.
 */
public final class ScriptedServer implements AutoCloseable {
    private static final int LOST = -1;

    private final HttpServer server;
    private final BlockingQueue<Answer> script = new LinkedBlockingQueue<>();
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());

    private record Answer(int status, String body, long index) {}

    public ScriptedServer() throws IOException {
        this(0);
    }

    /** On a given port of the loopback interface. */
    public ScriptedServer(final int port) throws IOException {
        server =
                HttpServer.create(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10);
        server.createContext("/", this::answer);
        server.start();
    }

    /** The next answer. */
    public ScriptedServer then(final int status, final String body) {
        return then(status, body, 0);
    }

    /** The next answer, with an index of the store. */
    public ScriptedServer then(final int status, final String body, final long index) {
        script.add(new Answer(status, body, index));
        return this;
    }

    /** The next request is taken and its connection then cut. */
    public ScriptedServer thenLoseAnswer() {
        return then(LOST, "");
    }

    /** Without a slash at its end. */
    public String url() {
        return "http://127.0.0.1:" + port();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /** What was asked so far: method, path with query, and the body behind a space if any. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    private void answer(final HttpExchange exchange) throws IOException {
        final String body =
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(
                exchange.getRequestMethod()
                        + " "
                        + exchange.getRequestURI()
                        + (body.isEmpty() ? "" : " " + body));
        final Answer answer = script.poll();
        if (answer == null || answer.status() == LOST) {
            exchange.close();
            return;
        }
        // It closes when it was asked to, and has to say so.
        exchange.getResponseHeaders().set("Connection", "close");
        exchange.getResponseHeaders().set("X-Etcd-Index", String.valueOf(answer.index()));
        exchange.getResponseHeaders().set("X-Etcd-Cluster-Id", "7e27652122e8b2ae");
        final byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
