package io.larch.http.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Our decoder beside Netty's: the same requests must come out, however they are cut. */
class HttpDecoderTest {
    private static final String[] METHODS = {"GET", "PUT", "POST", "DELETE", "HEAD", "PATCH"};

    private final Random random = new Random(42);

    @Test
    void shouldDecodeWhatNettyDecodes() {
        for (int round = 0; round < 500; round++) {
            final StringBuilder stream = new StringBuilder();
            for (int i = random.nextInt(6); i >= 0; i--) {
                stream.append(randomRequest());
            }
            final byte[] bytes = stream.toString().getBytes(StandardCharsets.ISO_8859_1);
            assertEquals(decodeByNetty(bytes), decode(bytes), "round " + round);
        }
    }

    private String randomRequest() {
        final StringBuilder text = new StringBuilder();
        text.append(METHODS[random.nextInt(METHODS.length)]).append(" /v2/keys/");
        text.append(random.nextInt(1000)).append("?a=").append(random.nextInt());
        text.append(random.nextInt(4) == 0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
        final boolean isOld = text.toString().contains("HTTP/1.0");
        text.append("hOST: localhost:2379\r\n");
        for (int i = random.nextInt(5); i > 0; i--) {
            text.append("X-").append(random.nextInt(99)).append(":  \t").append("v".repeat(i * 99));
            text.append(" \r\n");
        }
        if (random.nextBoolean()) {
            text.append("Content-Type: type/").append(random.nextInt(99)).append("\r\n");
        }
        if (random.nextInt(3) == 0) {
            text.append("Connection: ").append(random.nextBoolean() ? "close" : "Keep-Alive");
            text.append("\r\n");
        }
        switch (random.nextInt(3)) {
            case 0 -> text.append("\r\n");
            case 1 -> {
                final String body = body();
                text.append("Content-Length: ").append(body.length()).append("\r\n\r\n");
                text.append(body);
            }
            default -> text.append(isOld ? "\r\n" : chunked());
        }
        return text.toString();
    }

    private String chunked() {
        final StringBuilder text = new StringBuilder("Transfer-Encoding: Chunked\r\n\r\n");
        for (int i = random.nextInt(4); i > 0; i--) {
            final String chunk = body() + 'x';
            text.append(random.nextBoolean() ? "0" : "");
            text.append(Integer.toHexString(chunk.length()));
            text.append(random.nextBoolean() ? ";name=value" : "");
            text.append("\r\n").append(chunk).append("\r\n");
        }
        text.append("0\r\n").append(random.nextBoolean() ? "Trailer: 1\r\n" : "");
        return text.append("\r\n").toString();
    }

    private String body() {
        final StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(300); i > 0; i--) {
            text.append((char) random.nextInt(256));
        }
        return text.toString();
    }

    private List<String> decode(final byte[] bytes) {
        final List<String> requests = new ArrayList<>();
        final HttpDecoder decoder =
                new HttpDecoder(1 << 20, 10 << 20, new InputBudget(Long.MAX_VALUE));
        final HttpRequest request = decoder.request();
        int at = 0;
        while (at < bytes.length) {
            final int count = Math.min(bytes.length - at, 1 + random.nextInt(400));
            final ByteBuf piece = Unpooled.wrappedBuffer(bytes, at, count);
            at += count;
            HttpDecoder.Outcome outcome = decoder.decode(piece);
            while (outcome != HttpDecoder.Outcome.NEED_MORE) {
                if (outcome == HttpDecoder.Outcome.BAD) {
                    throw new IllegalStateException(decoder.error());
                }
                if (outcome == HttpDecoder.Outcome.HEAD) {
                    decoder.keepBody();
                } else {
                    requests.add(describe(request));
                    decoder.reset();
                }
                outcome = decoder.decode(piece);
            }
        }
        return requests;
    }

    private static String describe(final HttpRequest request) {
        final String query =
                new String(
                        request.head(),
                        request.queryFrom(),
                        request.queryTo() - request.queryFrom(),
                        StandardCharsets.ISO_8859_1);
        final String body =
                new String(request.body(), 0, request.bodyLength(), StandardCharsets.ISO_8859_1);
        final String method =
                request.method() == HttpMethod.OTHER ? "PATCH" : request.method().name();
        return String.join(
                "|",
                method,
                request.path() + "?" + query,
                request.contentType(),
                String.valueOf(request.isKeepAlive()),
                body);
    }

    private static List<String> decodeByNetty(final byte[] bytes) {
        final EmbeddedChannel channel =
                new EmbeddedChannel(new HttpRequestDecoder(), new HttpObjectAggregator(10 << 20));
        channel.writeInbound(Unpooled.wrappedBuffer(bytes));
        final List<String> requests = new ArrayList<>();
        for (FullHttpRequest request = channel.readInbound();
                request != null;
                request = channel.readInbound()) {
            requests.add(
                    String.join(
                            "|",
                            request.method().name(),
                            request.uri(),
                            request.headers().get(HttpHeaderNames.CONTENT_TYPE, ""),
                            String.valueOf(HttpUtil.isKeepAlive(request)),
                            request.content().toString(StandardCharsets.ISO_8859_1)));
            request.release();
        }
        channel.finishAndReleaseAll();
        return requests;
    }
}
