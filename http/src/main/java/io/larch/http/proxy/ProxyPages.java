package io.larch.http.proxy;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.Set;
import java.util.stream.Collectors;

/** What a proxy answers by itself, as etcd's proxy does. Threadsafe. */
final class ProxyPages {
    private static final String JSON = "application/json";
    private static final String TEXT = "text/plain; charset=utf-8";

    private final Endpoints endpoints;
    private final ProxyMetrics metrics;
    private final boolean isReadonly;
    private final Set<String> corsOrigins;

    ProxyPages(final ProxyContext context, final Endpoints endpoints, final ProxyMetrics metrics) {
        this.endpoints = endpoints;
        this.metrics = metrics;
        isReadonly = context.isReadonly();
        corsOrigins = context.corsOrigins();
    }

    /** The answer to a request that is not passed on; null: it is. */
    FullHttpResponse find(final ProxyRequest request) {
        final HttpMethod method = request.method();
        if (isReadonly && !method.equals(HttpMethod.GET)) {
            return answer(HttpResponseStatus.NOT_IMPLEMENTED, null, new byte[0]);
        }
        if (!corsOrigins.isEmpty() && method.equals(HttpMethod.OPTIONS)) {
            return answer(HttpResponseStatus.OK, null, new byte[0]);
        }
        switch (request.path()) {
            case "/metrics":
                return answer(HttpResponseStatus.OK, ProxyMetrics.CONTENT_TYPE, metrics.print());
            case "/v2/config/local/proxy":
                return method.equals(HttpMethod.GET)
                        ? answer(HttpResponseStatus.OK, TEXT, text(configuration()))
                        : methodNotAllowed();
            default:
                return null;
        }
    }

    private String configuration() {
        return endpoints.available().stream()
                .map(endpoint -> '"' + endpoint.url() + '"')
                .collect(Collectors.joining(",", "{\"endpoints\":[", "]}\n"));
    }

    private static FullHttpResponse methodNotAllowed() {
        final FullHttpResponse response =
                answer(HttpResponseStatus.METHOD_NOT_ALLOWED, TEXT, text("Method Not Allowed\n"));
        response.headers().set(Header.ALLOW, "GET");
        response.headers().set("X-Content-Type-Options", "nosniff");
        return response;
    }

    /** An error in the form of etcd's members and proxies. */
    static FullHttpResponse error(final HttpResponseStatus status, final String message) {
        return answer(status, JSON, text("{\"message\":\"proxy: " + message + "\"}"));
    }

    /** The answer to what is no request. */
    static FullHttpResponse refusal(final HttpResponseStatus status) {
        return answer(status, TEXT, text(status.toString()));
    }

    private static FullHttpResponse answer(
            final HttpResponseStatus status, final String contentType, final byte[] body) {
        final FullHttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
        if (contentType != null) {
            response.headers().set(Header.CONTENT_TYPE, contentType);
        }
        response.headers().set(Header.DATE, DateFormatter.format(new Date()));
        response.headers().set(Header.CONTENT_LENGTH, body.length);
        return response;
    }

    /** What a browser needs to show the answer to another origin's page; in place of a member's. */
    void allowOrigin(final ProxyRequest request, final HttpHeaders headers) {
        final boolean isForAll = corsOrigins.contains("*");
        if (isForAll || request.origin() != null && corsOrigins.contains(request.origin())) {
            headers.set(Header.ALLOW_HEADERS, "accept, content-type, authorization");
            headers.set(Header.ALLOW_METHODS, "POST, GET, OPTIONS, PUT, DELETE");
            headers.set(Header.ALLOW_ORIGIN, isForAll ? "*" : request.origin());
        }
    }

    private static byte[] text(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
