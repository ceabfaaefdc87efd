package io.larch.tools.ctl;

import io.larch.tools.client.HttpReply;
import io.larch.tools.client.SimpleHttpClient;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;

/**
 * Sends requests to whichever member answers. Endpoints are tried in an order by chance, from the
 * one that answered last; the next one is asked when a connection fails, when no answer comes in
 * time, or when the answer is a status from 500 on. Blocks. Not threadsafe.
 */
final class Cluster {
    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(30);
    private static final Duration ANY = Duration.ofDays(100 * 365);
    private static final int SERVER_ERROR = 500;
    private static final int UNAVAILABLE = 503;

    private final Settings settings;
    private List<String> endpoints;
    private int pinned;

    /**
     * How to ask.
     *
     * @param timeout of an answer; zero: none.
     * @param connectTimeout of a connection; zero: none.
     * @param tls of https; null: as the Java machine does.
     * @param authorization the header of this name; empty: none.
     * @param debug takes a line for each request.
     */
    record Settings(
            Duration timeout,
            Duration connectTimeout,
            SSLContext tls,
            String authorization,
            Consumer<String> debug) {}

    Cluster(final List<String> endpoints, final Settings settings) {
        this.settings = settings;
        use(endpoints);
    }

    /** Ask these from now on. */
    void use(final List<String> newEndpoints) {
        endpoints = new ArrayList<>(newEndpoints);
        Collections.shuffle(endpoints);
        pinned = 0;
    }

    /** In the order in which they are tried. */
    List<String> endpoints() {
        return List.copyOf(endpoints);
    }

    /**
     * The first answer that is none of trouble inside of a member.
     *
     * @throws UnavailableException when all endpoints were tried.
     * @throws Deadline.PassedException when there was no time left to do so.
     */
    HttpReply ask(final Call call, final Deadline deadline) throws IOException {
        final List<String> reasons = new ArrayList<>();
        boolean isUnreachable = true;
        for (int i = 0; i < endpoints.size(); i++) {
            final int index = (pinned + i) % endpoints.size();
            final String endpoint = endpoints.get(index);
            try {
                final HttpReply reply = askOne(endpoint, call, deadline);
                if (reply.status() < SERVER_ERROR) {
                    pinned = index;
                    return reply;
                }
                isUnreachable = false;
                reasons.add(trouble(endpoint, reply.status()));
            } catch (final Deadline.PassedException e) {
                throw e;
            } catch (final IOException e) {
                if (e instanceof HttpTimeoutException && deadline.hasPassed()) {
                    throw new Deadline.PassedException();
                }
                isUnreachable &= isUnreachable(e);
                reasons.add(reason(endpoint, e));
            }
        }
        throw new UnavailableException(reasons, isUnreachable);
    }

    private HttpReply askOne(final String endpoint, final Call call, final Deadline deadline)
            throws IOException {
        settings.debug().accept("cURL Command: " + call.asCurl(endpoint));
        if (!endpoint.startsWith("http://") && !endpoint.startsWith("https://")) {
            throw new IOException(
                    "unsupported protocol scheme \"" + endpoint.replaceFirst(":.*", "") + '"');
        }
        final boolean isLimited = !call.isWait() && !settings.timeout().isZero();
        final Duration timeout = deadline.left(isLimited ? settings.timeout() : ANY);
        final Map<String, String> headers = new HashMap<>(call.headers());
        if (!settings.authorization().isEmpty()) {
            headers.put("Authorization", settings.authorization());
        }
        return client(timeout)
                .exchange(call.method(), URI.create(endpoint + call.path()), headers, call.body());
    }

    /**
     * What one member says of its health, whatever that is.
     *
     * @throws IOException if it says nothing.
     */
    HttpReply health(final String endpoint) throws IOException {
        final Duration limit = settings.connectTimeout();
        return client(limit.isZero() ? ANY : limit)
                .exchange("GET", URI.create(endpoint + "/health"), Map.of(), null);
    }

    private SimpleHttpClient client(final Duration timeout) {
        Duration connect = timeout.compareTo(LONGEST_CONNECT) < 0 ? timeout : LONGEST_CONNECT;
        if (!settings.connectTimeout().isZero()
                && settings.connectTimeout().compareTo(connect) < 0) {
            connect = settings.connectTimeout();
        }
        return new SimpleHttpClient(connect, timeout, settings.tls());
    }

    private static String trouble(final String endpoint, final int status) {
        return status == SERVER_ERROR || status == UNAVAILABLE
                ? "client: etcd member " + endpoint + " has no leader"
                : "client: etcd member " + endpoint + " returns server error [" + status + "]";
    }

    private static boolean isUnreachable(final IOException failure) {
        return failure instanceof ConnectException
                || failure instanceof NoRouteToHostException
                || failure instanceof UnknownHostException;
    }

    /** A failure in etcdctl's words. */
    static String reason(final String endpoint, final IOException failure) {
        if (failure instanceof HttpTimeoutException) {
            return "client: endpoint " + endpoint + " exceeded header timeout";
        }
        if (failure instanceof UnknownHostException) {
            return "dial tcp: lookup " + failure.getMessage() + ": no such host";
        }
        final String reason = SimpleHttpClient.reason(failure);
        return failure instanceof ConnectException
                ? "dial tcp " + address(endpoint) + ": connect: " + reason
                : reason;
    }

    private static String address(final String endpoint) {
        final URI uri = URI.create(endpoint);
        if (uri.getHost() == null) {
            return uri.getRawAuthority();
        }
        final int standard = uri.getScheme().equals("https") ? 443 : 80;
        final String port = ":" + (uri.getPort() < 0 ? standard : uri.getPort());
        try {
            final String address = InetAddress.getByName(uri.getHost()).getHostAddress();
            return (address.contains(":") ? "[" + address + "]" : address) + port;
        } catch (final UnknownHostException e) {
            return uri.getHost() + port;
        }
    }
}
