package io.larch.tools.v3.comparison;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import io.larch.tools.conformance.JsonTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The JSON gateway of a server, over one connection, and one more for each watch.
 *
 * <p>Not threadsafe. What is not answered is not asked again.
 */
final class Gateway implements Server, AutoCloseable {
    private static final int LIMIT_MS = 10_000;
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

    private final URI url;

    /** Null before the first request, and after one that was not answered. */
    private HttpConnection connection;

    Gateway(final URI url) {
        this.url = url;
    }

    @Override
    public Supplier<Answer> ask(final Request request) {
        return request.isWatch() ? watch(request) : send(request);
    }

    private Supplier<Answer> send(final Request request) {
        try {
            if (connection == null) {
                connection = new HttpConnection(url, LIMIT_MS);
            }
            send(request, connection);
            return this::receive;
        } catch (final IOException e) {
            return silence(e);
        }
    }

    private static void send(final Request request, final HttpConnection connection)
            throws IOException {
        connection.sendRequest("POST", "/v3/" + request.path(), request.body(), JSON);
    }

    private Answer receive() {
        try {
            final HttpReply reply = connection.readReply(false);
            if ("close".equalsIgnoreCase(reply.header("Connection"))) {
                close();
            }
            return answer(reply);
        } catch (final IOException e) {
            return silence(e).get();
        }
    }

    private Supplier<Answer> silence(final IOException failure) {
        close();
        final Answer answer = Answer.silence(failure);
        return () -> answer;
    }

    /** A stream that ends by itself has one object a line. */
    private static Answer answer(final HttpReply reply) {
        final List<Object> lines = reply.text().lines().map(Gateway::tree).toList();
        return new Answer(reply.status(), lines.size() == 1 ? lines.get(0) : lines);
    }

    /** What a text says; one that is not JSON stays a text. */
    static Object tree(final String text) {
        try {
            return JsonTree.parse(text);
        } catch (final IllegalArgumentException e) {
            return text;
        }
    }

    private Supplier<Answer> watch(final Request request) {
        try {
            final HttpConnection stream = new HttpConnection(url, LIMIT_MS);
            try {
                send(request, stream);
                final HttpReply head = stream.readHead();
                if (head.status() == 200) {
                    return new FencedWatch(request, stream, this::send);
                }
                final Answer refusal = answer(stream.readBodyOf(head));
                stream.close();
                return () -> refusal;
            } catch (final IOException e) {
                stream.close();
                throw e;
            }
        } catch (final IOException e) {
            final Answer answer = Answer.silence(e);
            return () -> answer;
        }
    }

    @Override
    public void close() {
        if (connection != null) {
            try {
                connection.close();
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                connection = null;
            }
        }
    }
}
