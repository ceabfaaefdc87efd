package io.larch.http.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/** Which headers a proxy passes on (RFC 9110, 7.6.1), and what it adds. */
final class ForwardedHeaders {
    /** Of one connection only. */
    private static final List<CharSequence> OF_ONE_HOP =
            List.of(
                    HttpHeaderNames.CONNECTION,
                    "keep-alive",
                    HttpHeaderNames.PROXY_AUTHENTICATE,
                    HttpHeaderNames.PROXY_AUTHORIZATION,
                    "proxy-connection",
                    HttpHeaderNames.TE,
                    HttpHeaderNames.TRAILER,
                    HttpHeaderNames.TRANSFER_ENCODING,
                    HttpHeaderNames.UPGRADE,
                    HttpHeaderNames.EXPECT);

    private ForwardedHeaders() {}

    /** Leaves what is meant for the next one in line. */
    static void removeOfOneHop(final HttpHeaders headers) {
        for (final String line : headers.getAll(HttpHeaderNames.CONNECTION)) {
            for (final String name : line.split(",")) {
                if (!name.isBlank()) {
                    headers.remove(name.trim());
                }
            }
        }
        OF_ONE_HOP.forEach(headers::remove);
    }

    /** Says for whom the request is passed on, behind those who passed it on before. */
    static void addSender(final HttpHeaders headers, final SocketAddress client) {
        if (client instanceof InetSocketAddress address && !address.isUnresolved()) {
            final List<String> before = headers.getAll(Header.FORWARDED_FOR);
            final String own = address.getAddress().getHostAddress();
            headers.set(
                    Header.FORWARDED_FOR,
                    before.isEmpty() ? own : String.join(", ", before) + ", " + own);
        }
    }
}
