package io.larch.http.proxy;

import io.larch.http.wire.InputBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HexFormat;
import java.util.Set;

/**
 * A client's request, as it is to be passed on. Owns the bytes of its body until {@link #release}.
 * On the event loop of its connection.
 */
final class ProxyRequest {
    /** Nothing changes by them, so that they may be passed on twice. */
    private static final Set<HttpMethod> SAFE =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private static final Set<HttpMethod> WITH_BODY =
            Set.of(HttpMethod.PUT, HttpMethod.POST, HttpMethod.PATCH);

    private static final char LAST_ASCII = 0x7f;

    private final HttpMethod method;
    private final String target;
    private final HttpHeaders headers;
    private final String origin;
    private final boolean isKeepAlive;
    private final boolean isHttp10;
    private final boolean hadLength;
    private final InputBudget budget;
    private ByteBuf body = Unpooled.EMPTY_BUFFER;
    private long takenBytes;

    ProxyRequest(final HttpRequest head, final SocketAddress client, final InputBudget budget) {
        this.budget = budget;
        method = head.method();
        target = escaped(originForm(head.uri()));
        isKeepAlive = HttpUtil.isKeepAlive(head);
        isHttp10 = head.protocolVersion().equals(HttpVersion.HTTP_1_0);
        hadLength =
                head.headers().contains(Header.CONTENT_LENGTH)
                        || HttpUtil.isTransferEncodingChunked(head);
        headers = new DefaultHttpHeaders().set(head.headers());
        origin = headers.get(HttpHeaderNames.ORIGIN);
        ForwardedHeaders.removeOfOneHop(headers);
        ForwardedHeaders.addSender(headers, client);
    }

    /** Clients that think of this as an HTTP proxy name the server too. */
    private static String originForm(final String uri) {
        if (uri.startsWith("/") || uri.equals("*")) {
            return uri;
        }
        try {
            final URI parsed = new URI(uri);
            if (parsed.getRawAuthority() == null) {
                return uri;
            }
            final String path = parsed.getRawPath().isEmpty() ? "/" : parsed.getRawPath();
            return parsed.getRawQuery() == null ? path : path + '?' + parsed.getRawQuery();
        } catch (final URISyntaxException e) {
            return uri;
        }
    }

    /** As the decoder gives a byte that is no ASCII, so that it arrives as the same byte. */
    private static String escaped(final String uri) {
        if (uri.chars().allMatch(c -> c <= LAST_ASCII)) {
            return uri;
        }
        final StringBuilder ascii = new StringBuilder();
        for (int i = 0; i < uri.length(); i++) {
            final char c = uri.charAt(i);
            if (c <= LAST_ASCII) {
                ascii.append(c);
            } else {
                ascii.append('%').append(HexFormat.of().withUpperCase().toHexDigits((byte) c));
            }
        }
        return ascii.toString();
    }

    /**
     * Copies a piece of the body.
     *
     * @return false: there is no memory for it.
     */
    boolean add(final ByteBuf piece, final ByteBufAllocator alloc) {
        final int length = piece.readableBytes();
        if (length == 0) {
            return true;
        }
        if (!budget.take(length)) {
            return false;
        }
        takenBytes += length;
        if (body == Unpooled.EMPTY_BUFFER) {
            body = alloc.buffer(length);
        }
        body.writeBytes(piece);
        return true;
    }

    int bodyBytes() {
        return body.readableBytes();
    }

    HttpMethod method() {
        return method;
    }

    /** Path without the query. */
    String path() {
        final int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** Of a browser's page; null: none. */
    String origin() {
        return origin;
    }

    boolean isKeepAlive() {
        return isKeepAlive;
    }

    boolean isHttp10() {
        return isHttp10;
    }

    boolean isSafe() {
        return SAFE.contains(method);
    }

    /** Whether the client waits for something to happen; it is gone when it sends no more. */
    boolean isWatch() {
        return target.contains("wait=true");
    }

    /** As a member is to get it; may be made again. */
    FullHttpRequest toMember() {
        final HttpHeaders copy = headers.copy();
        if (hadLength || WITH_BODY.contains(method)) {
            copy.set(Header.CONTENT_LENGTH, body.readableBytes());
        }
        return new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                method,
                target,
                body.retainedDuplicate(),
                copy,
                EmptyHttpHeaders.INSTANCE);
    }

    void release() {
        if (body != Unpooled.EMPTY_BUFFER) {
            body.release();
            body = Unpooled.EMPTY_BUFFER;
        }
        budget.give(takenBytes);
        takenBytes = 0;
    }
}
