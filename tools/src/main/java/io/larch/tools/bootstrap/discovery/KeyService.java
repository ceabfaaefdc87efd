package io.larch.tools.bootstrap.discovery;

import io.larch.tools.client.HttpReply;
import io.larch.tools.client.Json;
import io.larch.tools.client.SimpleHttpClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The few requests of the v2 keys API that a discovery takes, below one directory. Blocks. */
final class KeyService {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);

    /**
     * A watch that hears nothing is asked again, in case the service has forgotten it, or something
     * on the way there: the JDK's client has no TCP keep-alive.
     */
    private static final Duration WATCH_TIMEOUT = Duration.ofSeconds(30);

    private final String directoryUrl;
    private final SimpleHttpClient requests;
    private final SimpleHttpClient watches;

    /**
     * @param directoryUrl without a slash at its end.
     * @param proxy HTTP proxy; null: none.
     */
    KeyService(final String directoryUrl, final InetSocketAddress proxy) {
        this.directoryUrl = directoryUrl;
        requests = new SimpleHttpClient(CONNECT_TIMEOUT, REQUEST_TIMEOUT, proxy);
        watches = new SimpleHttpClient(CONNECT_TIMEOUT, WATCH_TIMEOUT, proxy);
    }

    /** A key with its value. */
    record Node(String key, String value, long createdIndex) {
        /** The last part of the key. */
        String name() {
            return key.substring(key.lastIndexOf('/') + 1);
        }
    }

    /**
     * A directory at one moment.
     *
     * @param index of the store, behind which a watch misses nothing.
     */
    record Listing(List<Node> nodes, long index) {}

    /** The service refused, and will refuse again. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final int code;

        Refused(final int code, final String message) {
            super(message);
            this.code = code;
        }

        /** etcd's error code. */
        int code() {
            return code;
        }
    }

    /** The value of a key below the directory. */
    String value(final String name) throws IOException, Refused {
        final var reply =
                requests.get(uri("/" + name, "quorum=false&recursive=false&sorted=false"));
        return node(Json.object(answer(reply).get("node"))).value();
    }

    /** What is in the directory. */
    Listing list() throws IOException, Refused {
        final HttpReply reply = requests.get(uri("", "quorum=false&recursive=false&sorted=false"));
        final Map<String, Object> directory = Json.object(answer(reply).get("node"));
        final List<Node> nodes = new ArrayList<>();
        for (final Object child : Json.list(directory.get("nodes"))) {
            nodes.add(node(Json.object(child)));
        }
        return new Listing(nodes, index(reply));
    }

    /** Creates a key. */
    void create(final String name, final String value) throws IOException, Refused {
        answer(
                requests.put(
                        uri("/" + name, "prevExist=false"),
                        "value=" + URLEncoder.encode(value, StandardCharsets.UTF_8)));
    }

    /**
     * Waits until anything in the directory has changed since an index, or may have changed, or for
     * half a minute.
     */
    void awaitChange(final long sinceIndex) throws IOException, Refused {
        final HttpReply reply;
        try {
            reply = watches.get(uri("", "recursive=true&wait=true&waitIndex=" + (sinceIndex + 1)));
        } catch (final HttpTimeoutException e) {
            return;
        }
        // An empty reply: the service has ended the watch.
        if (reply.status() != 200 || !reply.body().isBlank()) {
            answer(reply);
        }
    }

    private URI uri(final String below, final String query) {
        return URI.create(directoryUrl + below + "?" + query);
    }

    private static Map<String, Object> answer(final HttpReply reply) throws IOException, Refused {
        if (reply.status() / 100 == 5) {
            throw new IOException("status " + reply.status());
        }
        final Map<String, Object> fields;
        try {
            fields = Json.object(Json.parse(reply.body()));
        } catch (final IOException e) {
            throw new Refused(0, "status " + reply.status() + ", not JSON");
        }
        if (reply.isSuccess()) {
            return fields;
        }
        final String index = String.valueOf(fields.get("index"));
        throw new Refused(
                fields.containsKey("errorCode") ? (int) Json.number(fields.get("errorCode")) : 0,
                "%s: %s (%s) [%s]"
                        .formatted(
                                fields.get("errorCode"),
                                fields.get("message"),
                                fields.get("cause"),
                                index));
    }

    private static Node node(final Map<String, Object> fields) throws IOException {
        return new Node(
                Json.text(fields.get("key")),
                fields.containsKey("value") ? Json.text(fields.get("value")) : "",
                fields.containsKey("createdIndex") ? Json.number(fields.get("createdIndex")) : 0);
    }

    private static long index(final HttpReply reply) throws IOException {
        try {
            return Long.parseLong(reply.header("X-Etcd-Index"));
        } catch (final NumberFormatException e) {
            throw new IOException("no X-Etcd-Index", e);
        }
    }
}
