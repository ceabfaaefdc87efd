package io.larch.tools.transfer;

import io.larch.tools.transfer.TransferException.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/**
 * Asks the members of one store, over connections that stay open. A request that no member answers
 * is sent again until the site's patience ends; so each must be such that twice is as good as once.
 * Threadsafe.
 */
final class V2Client {
    private static final int SERVER_ERROR = 500;

    /** Larch has no room. Asking again makes none. */
    private static final int INSUFFICIENT_STORAGE = 507;

    /** What Java says to an answer in HTTP/2, as ports give that have nothing but gRPC. */
    private static final String NO_HTTP_1 = "parsing HTTP/1.1 status line";

    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String JSON = "application/json";
    private static final long PAUSE_MS = 100;

    private final Site site;
    private final HttpClient http;
    private volatile int pinned;

    V2Client(final Site site) {
        this.site = site;
        final HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .connectTimeout(site.timeout());
        if (site.tls() != null) {
            builder.sslContext(site.tls());
        }
        http = builder.build();
    }

    Site site() {
        return site;
    }

    /** What a store answers to a request that has a short answer. */
    StoreReply ask(final String method, final String path, final String form) throws IOException {
        return StoreReply.of(
                patiently(
                        () -> send(() -> asking(method, path, form), BodyHandlers.ofString()),
                        reply -> isAnswer(reply) || StoreReply.of(reply).isOfFixedDirectory(),
                        HttpResponse::body));
    }

    /**
     * What a store answers to JSON, as its v3 gateway takes it.
     *
     * @param authorization in place of the site's.
     */
    StoreReply post(final String path, final String json, final String authorization)
            throws IOException {
        return StoreReply.of(
                patiently(
                        () ->
                                send(
                                        () -> posting(path, json, authorization),
                                        BodyHandlers.ofString()),
                        V2Client::isAnswer,
                        HttpResponse::body));
    }

    /**
     * The same for an answer that goes on as long as somebody listens, from the member that
     * answered last. Sent once. The caller closes its body.
     */
    HttpResponse<InputStream> stream(
            final String path, final String json, final String authorization) throws IOException {
        return send(() -> posting(path, json, authorization), BodyHandlers.ofInputStream());
    }

    private HttpRequest.Builder posting(
            final String path, final String json, final String authorization) {
        return request("POST", path, json, JSON, authorization);
    }

    /** An answer of any length. The caller closes its body. */
    HttpResponse<InputStream> open(final String path) throws IOException {
        return patiently(
                () -> send(() -> asking("GET", path, null), BodyHandlers.ofInputStream()),
                V2Client::isAnswer,
                reply -> {
                    try (InputStream body = reply.body()) {
                        return new String(body.readNBytes(1 << 10), StandardCharsets.UTF_8);
                    }
                });
    }

    /** An answer that may take any time, from the member that answered last. */
    <T> CompletableFuture<HttpResponse<T>> wait(final String path, final BodyHandler<T> body) {
        return http.sendAsync(asking("GET", path, null).build(), body);
    }

    private HttpRequest.Builder asking(final String method, final String path, final String form) {
        return request(method, path, form, FORM, site.authorization());
    }

    private interface Attempt<T> {
        HttpResponse<T> run() throws IOException;
    }

    private interface Text<T> {
        String of(HttpResponse<T> reply) throws IOException;
    }

    /** Others tell of a trouble that may be over soon. */
    private static boolean isAnswer(final HttpResponse<?> reply) {
        return reply.statusCode() < SERVER_ERROR || reply.statusCode() == INSUFFICIENT_STORAGE;
    }

    private <T> HttpResponse<T> patiently(
            final Attempt<T> attempt, final Predicate<HttpResponse<T>> isAnswer, final Text<T> text)
            throws IOException {
        final long startNanos = System.nanoTime();
        for (int tries = 1; ; tries++) {
            final String scheme = site.endpoints().get(pinned).getScheme();
            String reason;
            try {
                final HttpResponse<T> reply = attempt.run();
                if (isAnswer.test(reply)) {
                    return reply;
                }
                reason = "status " + reply.statusCode() + ": " + text.of(reply).strip();
            } catch (final InterruptedIOException e) {
                throw e;
            } catch (final IOException e) {
                final boolean isTls = e instanceof SSLException;
                reason = reason(e) + advice(e, scheme);
                // A certificate does not become right by waiting.
                if (isTls) {
                    throw unreachable(reason, e);
                }
            }
            final boolean areAllAsked = tries >= site.endpoints().size();
            if (areAllAsked && System.nanoTime() - startNanos > site.patience().toNanos()) {
                throw unreachable(reason, null);
            }
            pinned = (pinned + 1) % site.endpoints().size();
            if (tries % site.endpoints().size() == 0) {
                pause();
            }
        }
    }

    private static String reason(final IOException failure) {
        return failure.getMessage() == null
                ? failure.getClass().getSimpleName()
                : failure.getMessage();
    }

    /** Where what came is what the other scheme's servers send to who takes them for this one's. */
    private static String advice(final IOException failure, final String scheme) {
        if ("https".equalsIgnoreCase(scheme)) {
            final boolean isPlain =
                    reason(failure).toLowerCase(Locale.ROOT).contains("unrecognized ssl message");
            return isPlain
                    ? "; what is there does not speak TLS: http:// instead of https://?"
                    : "";
        }
        if (reason(failure).contains(NO_HTTP_1)) {
            return "; an etcd that has --listen-client-http-urls answers larchctl at these alone";
        }
        final boolean isCut =
                failure instanceof ProtocolException
                        || failure instanceof EOFException
                        || failure.getCause() instanceof EOFException
                        // Closed on what it did not read: that ends a connection by a reset.
                        || reason(failure).contains("received no bytes");
        return isCut ? "; what is there may speak TLS: https:// instead of http://?" : "";
    }

    private TransferException unreachable(final String reason, final IOException cause) {
        return new TransferException(
                Kind.UNREACHABLE,
                "the %s does not answer at %s: %s"
                        .formatted(
                                site.name(),
                                String.join(
                                        ", ",
                                        site.endpoints().stream().map(URI::toString).toList()),
                                reason),
                cause);
    }

    static void pause() throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private <T> HttpResponse<T> send(
            final Supplier<HttpRequest.Builder> request, final BodyHandler<T> body)
            throws IOException {
        try {
            return http.send(request.get().timeout(site.timeout()).build(), body);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (final java.net.ConnectException e) {
            throw new IOException("connection refused", e);
        } catch (final java.net.http.HttpTimeoutException e) {
            throw new IOException("no answer within " + seconds(site.timeout()), e);
        }
    }

    private static String seconds(final Duration duration) {
        return duration.toMillis() / 1000.0 + " s";
    }

    private HttpRequest.Builder request(
            final String method,
            final String path,
            final String content,
            final String type,
            final String authorization) {
        final HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(site.endpoints().get(pinned) + path))
                        .method(
                                method,
                                content == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofString(content));
        if (content != null) {
            request.header("Content-Type", type);
        }
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return request;
    }

    /** That the store refused, in its words and ours. */
    TransferException refused(final String what, final StoreReply reply) {
        final String advice =
                switch (reply.status()) {
                    case 401, 403 -> "; a user with permission for these keys is needed";
                    case INSUFFICIENT_STORAGE -> "; make room, then run the same again";
                    case 404 ->
                            reply.errorCode() == 0
                                    ? "; has it the v2 API? etcd 3 needs --enable-v2"
                                    : "";
                    default -> "";
                };
        return new TransferException(
                Kind.REFUSED,
                "the %s refuses %s: %s%s".formatted(site.name(), what, reply.reason(), advice));
    }
}
