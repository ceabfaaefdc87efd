package io.larch.http.proxy;

import static io.larch.http.proxy.StubMember.ok;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.sockets.FreePort;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A proxy on real sockets before members that do what a test says. */
@Timeout(60)
class ProxyEdgeTest {
    private static final String GET = "GET /v2/keys/a HTTP/1.1\r\nHost: x\r\n\r\n";
    private static final String PUT =
            "PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\nContent-Length: 7\r\n\r\nvalue=1";

    private final MultiThreadIoEventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final AtomicLong nowNanos = new AtomicLong();

    /** Keeps the order as it is, or turns it; either way the same in each run. */
    private final Endpoints endpoints =
            new Endpoints(nowNanos::get, 5_000, RandomGenerator.of("L64X128MixRandom"));

    private InetSocketAddress address;

    @AfterEach
    void end() throws InterruptedException {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    private void open(final ProxyContext context, final List<String> urls)
            throws InterruptedException {
        endpoints.replace(urls);
        final ProxyEdge edge =
                new ProxyEdge(
                        context,
                        loops,
                        NioServerSocketChannel.class,
                        NioSocketChannel.class,
                        endpoints,
                        null);
        address =
                (InetSocketAddress)
                        edge.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                                .sync()
                                .channel()
                                .localAddress();
    }

    private Socket connect() throws IOException {
        return new Socket(address.getAddress(), address.getPort());
    }

    private static void send(final Socket client, final String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** All until the proxy closes; the last request must ask for that. */
    private String ask(final String requests) throws IOException {
        try (Socket client = connect()) {
            send(client, requests);
            return rest(client);
        }
    }

    private static String rest(final Socket client) throws IOException {
        return new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private static String closing(final String request) {
        return request.replace("Host: x", "Host: x\r\nConnection: close");
    }

    private static void await(final BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(1);
        }
    }

    /** A port where nobody listens. */
    private static String deadUrl() {
        return "http://127.0.0.1:" + FreePort.next();
    }

    @Test
    void shouldPassRequestsOnAndAnswersBack() throws Exception {
        try (StubMember member = StubMember.saying(ok("{}"))) {
            open(new ProxyContext(), List.of(member.url()));
            final String replies = ask(GET + PUT + closing(GET));
            assertEquals(4, replies.split("HTTP/1.1 200 OK\r\n", -1).length, replies);
            assertTrue(replies.contains("X-Etcd-Index: 7\r\n"), replies);
            assertTrue(replies.endsWith("Connection: close\r\n\r\n{}"), replies);
            assertEquals(3, member.requests().size());
            assertEquals(1, member.accepted(), "the connection serves the next one, too");
            final String get = member.requests().get(0);
            assertTrue(get.startsWith("GET /v2/keys/a HTTP/1.1\r\n"), get);
            assertTrue(get.contains("X-Forwarded-For: 127.0.0.1\r\n"), get);
            assertTrue(get.contains("Host: x\r\n"), get);
            assertFalse(get.toLowerCase(Locale.ROOT).contains("content-length"), get);
            assertTrue(member.requests().get(1).endsWith("\r\n\r\nvalue=1"));
            final String last = member.requests().get(2);
            assertFalse(last.contains("Connection"), last);
        }
    }

    /** What is meant for the next hop stays there, and nothing of it can smuggle a request in. */
    @Test
    void shouldPassOnWholeBodiesWithOneLength() throws Exception {
        try (StubMember member = StubMember.saying(ok("{}"))) {
            open(new ProxyContext(), List.of(member.url()));
            ask(
                    "PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                            + "Connection: close, X-Mine\r\nX-Mine: 1\r\nKeep-Alive: 5\r\n"
                            + "Proxy-Authorization: p\r\nX-Forwarded-For: 10.0.0.1\r\n"
                            + "Authorization: Basic x\r\n\r\n"
                            + "3\r\nval\r\n4\r\nue=1\r\n0\r\n\r\n");
            final String put = member.requests().get(0);
            assertTrue(put.endsWith("\r\n\r\nvalue=1"), put);
            assertTrue(put.toLowerCase(Locale.ROOT).contains("content-length: 7"), put);
            for (final String header :
                    List.of("X-Mine", "Keep-Alive", "Proxy-Auth", "Transfer-Enc", "Connection")) {
                assertFalse(put.contains(header), put);
            }
            assertTrue(put.contains("X-Forwarded-For: 10.0.0.1, 127.0.0.1\r\n"), put);
            assertTrue(put.contains("Authorization: Basic x\r\n"), put);
        }
    }

    /** Names of keys are bytes, and arrive as the same. */
    @Test
    void shouldPassOnWhatIsNotAscii() throws Exception {
        try (StubMember member = StubMember.saying(ok("{}"))) {
            open(new ProxyContext(), List.of(member.url()));
            final String bytes = "\u00c3\u00a9\u00ff";
            ask(
                    closing(GET)
                            .replace("/a ", "/" + bytes + "?x=" + bytes + "%2F ")
                            .replace("Host: x", "Host: x\r\nX-Mine: " + bytes));
            final String request = member.requests().get(0);
            assertTrue(
                    request.startsWith("GET /v2/keys/%C3%A9%FF?x=%C3%A9%FF%2F HTTP/1.1"), request);
            assertTrue(request.contains("\r\nX-Mine: " + bytes + "\r\n"), request);
        }
    }

    /** One that takes the proxy for a proxy of the web names the server, too. */
    @Test
    void shouldUnderstandWholeUrls() throws Exception {
        try (StubMember member = StubMember.saying(ok("{}"))) {
            open(new ProxyContext(), List.of(member.url()));
            ask(GET.replace("/v2", "http://x/v2") + closing(GET.replace("/v2/keys/a", "http://x")));
            assertTrue(member.requests().get(0).startsWith("GET /v2/keys/a HTTP/1.1\r\n"));
            assertTrue(member.requests().get(1).startsWith("GET / HTTP/1.1\r\n"));
        }
    }

    @Test
    void shouldTellWhatMembersThereAre() throws Exception {
        final String first = deadUrl();
        open(new ProxyContext(), List.of(first));
        final String own = closing("GET /v2/config/local/proxy HTTP/1.1\r\nHost: x\r\n\r\n");
        final String reply = ask(own);
        assertTrue(reply.contains("Content-Type: text/plain; charset=utf-8\r\n"), reply);
        assertTrue(reply.endsWith("\r\n\r\n{\"endpoints\":[\"" + first + "\"]}\n"), reply);
        final String refused = ask(own.replace("GET", "PUT"));
        assertTrue(refused.startsWith("HTTP/1.1 405 Method Not Allowed\r\n"), refused);
        assertTrue(refused.contains("Allow: GET\r\n"), refused);
        assertTrue(refused.endsWith("\r\n\r\nMethod Not Allowed\n"), refused);
    }

    @Test
    void shouldSayThatNoMemberAnswersAndLeaveTheFailedAloneForAWhile() throws Exception {
        open(new ProxyContext(), List.of(deadUrl()));
        final String failed = ask(closing(GET));
        assertTrue(failed.startsWith("HTTP/1.1 502 Bad Gateway\r\n"), failed);
        assertTrue(failed.contains("Content-Type: application/json\r\n"), failed);
        assertTrue(
                failed.endsWith(
                        "{\"message\":\"proxy: unable to get response from 1 endpoint(s)\"}"),
                failed);
        final String none = ask(closing(GET));
        assertTrue(none.startsWith("HTTP/1.1 503 Service Unavailable\r\n"), none);
        assertTrue(
                none.endsWith("{\"message\":\"proxy: zero endpoints currently available\"}"), none);
        nowNanos.addAndGet(TimeUnit.SECONDS.toNanos(5));
        assertTrue(ask(closing(GET)).startsWith("HTTP/1.1 502 "));
        final String metrics = ask(closing("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"));
        assertTrue(metrics.contains("\netcd_proxy_requests_total{method=\"GET\"} 3.0\n"), metrics);
        assertTrue(
                metrics.contains(
                        "\netcd_proxy_dropped_total{method=\"GET\",proxying_error="
                                + "\"zero_endpoints\"} 1.0\n"),
                metrics);
    }

    @Test
    void shouldGoToTheNextMemberWhenOneCannotBeReached() throws Exception {
        try (StubMember member = StubMember.saying(ok("{}"))) {
            open(new ProxyContext(), List.of(deadUrl(), deadUrl(), member.url()));
            for (int i = 0; i < 3; i++) {
                assertTrue(ask(PUT + closing(PUT)).startsWith("HTTP/1.1 200 "));
            }
            assertEquals(6, member.requests().size());
        }
    }

    /** A member that took a write and was lost may have done it: it is not done again elsewhere. */
    @Test
    void shouldRepeatReadsOnlyWhenAMemberIsLost() throws Exception {
        try (StubMember one = new StubMember((request, out) -> false);
                StubMember other = new StubMember((request, out) -> false)) {
            open(new ProxyContext(), List.of(one.url(), other.url()));
            assertTrue(ask(closing(PUT)).startsWith("HTTP/1.1 502 "));
            assertEquals(1, one.requests().size() + other.requests().size());
            nowNanos.addAndGet(TimeUnit.SECONDS.toNanos(5));
            assertTrue(ask(closing(GET)).startsWith("HTTP/1.1 502 "));
            assertEquals(3, one.requests().size() + other.requests().size());
        }
    }

    /** It was free for long, and the member has closed it: that says nothing about the member. */
    @Test
    void shouldReadAgainWhereAFreeConnectionWasClosed() throws Exception {
        final AtomicInteger asked = new AtomicInteger();
        final StubMember.Script script =
                (request, out) -> {
                    if (asked.incrementAndGet() == 2) {
                        return false;
                    }
                    StubMember.write(out, ok("{}"));
                    return true;
                };
        try (StubMember member = new StubMember(script)) {
            open(new ProxyContext(), List.of(member.url()));
            final String replies = ask(GET + closing(GET));
            assertEquals(3, replies.split("HTTP/1.1 200 OK\r\n", -1).length, replies);
            assertEquals(3, asked.get());
            assertEquals(2, member.accepted());
        }
    }

    /** A loop that does not look until it is told to: what happens meanwhile happens at once. */
    private CountDownLatch stopLoop() throws InterruptedException {
        // What was ready before has been looked at, so that the order of what follows counts.
        for (int i = 0; i < 3; i++) {
            loops.submit(() -> {}).sync();
        }
        final CountDownLatch isStopped = new CountDownLatch(1);
        final CountDownLatch mayGoOn = new CountDownLatch(1);
        loops.execute(
                () -> {
                    isStopped.countDown();
                    try {
                        mayGoOn.await();
                    } catch (final InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
        isStopped.await();
        return mayGoOn;
    }

    /** The system refuses its bytes, so the member has not seen any. */
    @Test
    void shouldWriteAgainWhenNoByteHasLeft() throws Exception {
        final CountDownLatch mayAnswer = new CountDownLatch(1);
        final AtomicInteger asked = new AtomicInteger();
        final StubMember.Script script =
                (request, out) -> {
                    if (asked.incrementAndGet() > 1) {
                        StubMember.write(out, ok("{}"));
                        return true;
                    }
                    try {
                        mayAnswer.await();
                    } catch (final InterruptedException e) {
                        throw new IOException(e);
                    }
                    StubMember.write(out, ok("{}"));
                    return false;
                };
        try (StubMember member = new StubMember(script)) {
            member.resetConnections();
            open(new ProxyContext(), List.of(member.url()));
            try (Socket client = connect()) {
                send(client, PUT + closing(PUT));
                await(() -> asked.get() == 1);
                final CountDownLatch mayGoOn = stopLoop();
                mayAnswer.countDown();
                await(() -> member.ended() == 1);
                mayGoOn.countDown();
                final String replies = rest(client);
                assertEquals(3, replies.split("HTTP/1.1 200 OK\r\n", -1).length, replies);
            }
            assertEquals(2, member.requests().size());
            assertEquals(2, member.accepted());
        }
    }

    @Test
    void shouldNotWriteWhereTheEndHasArrived() throws Exception {
        try (StubMember member = StubMember.saying(ok("{}"))) {
            open(new ProxyContext(), List.of(member.url()));
            try (Socket client = connect()) {
                send(client, PUT);
                await(() -> member.requests().size() == 1);
                final InputStream in = client.getInputStream();
                final StringBuilder first = new StringBuilder();
                while (!first.toString().endsWith("{}")) {
                    first.append((char) in.read());
                }
                final CountDownLatch mayGoOn = stopLoop();
                send(client, closing(PUT));
                member.closeConnections();
                mayGoOn.countDown();
                final String second = rest(client);
                assertTrue(second.startsWith("HTTP/1.1 200 "), second);
            }
            assertEquals(2, member.requests().size());
            assertEquals(2, member.accepted());
        }
    }

    /** The first one finds out that nobody is there, and those that came behind it are many. */
    @Test
    void shouldAnswerAllThatWasSentAhead() throws Exception {
        open(new ProxyContext(), List.of(deadUrl()));
        final String replies = ask(GET.repeat(2_000) + closing(GET));
        assertEquals(2_002, replies.split("HTTP/1.1 50[23] ", -1).length);
    }

    @Test
    void shouldRefuseAllButGetWhereItMayOnlyRead() throws Exception {
        try (StubMember member = StubMember.saying(ok("{}"))) {
            open(new ProxyContext().readonly(true), List.of(member.url()));
            for (final String method : List.of("PUT", "HEAD", "POST", "DELETE", "OPTIONS", "X")) {
                final String reply = ask(closing(PUT.replace("PUT", method)));
                assertTrue(reply.startsWith("HTTP/1.1 501 Not Implemented\r\n"), reply);
                assertTrue(reply.endsWith("\r\n\r\n"), reply);
            }
            assertTrue(ask(closing(GET)).startsWith("HTTP/1.1 200 "));
            assertEquals(1, member.requests().size());
        }
    }

    @Test
    void shouldPassEventsOnWhenTheyHappen() throws Exception {
        final CountDownLatch mayEnd = new CountDownLatch(1);
        final StubMember.Script script =
                (request, out) -> {
                    StubMember.write(
                            out,
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
                    try {
                        mayEnd.await();
                    } catch (final InterruptedException e) {
                        throw new IOException(e);
                    }
                    StubMember.write(out, "6\r\nsecond\r\n0\r\n\r\n");
                    return true;
                };
        try (StubMember member = new StubMember(script)) {
            open(new ProxyContext(), List.of(member.url()));
            try (Socket client = connect()) {
                send(client, closing(GET));
                final StringBuilder start = new StringBuilder();
                while (!start.toString().endsWith("5\r\nfirst\r\n")) {
                    start.append((char) client.getInputStream().read());
                }
                mayEnd.countDown();
                final String end = rest(client);
                assertTrue(end.startsWith("6\r\nsecond\r\n0\r\n"), end);
            }
        }
    }

    /** Its body ends with the connection, as HTTP/1.0 has it. */
    @Test
    void shouldPassStreamsOnToOldClients() throws Exception {
        try (StubMember member =
                StubMember.saying(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                + "5\r\nfirst\r\n0\r\n\r\n")) {
            open(new ProxyContext(), List.of(member.url()));
            final String reply = ask("GET /v2/keys/a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertTrue(reply.startsWith("HTTP/1.0 200 OK\r\n"), reply);
            assertTrue(reply.endsWith("\r\n\r\nfirst"), reply);
        }
    }

    @Test
    void shouldGiveUpAWatchWhenItsClientIsGone() throws Exception {
        try (StubMember member = new StubMember((request, out) -> true)) {
            open(new ProxyContext(), List.of(member.url()));
            final String watch = GET.replace("/a", "/a?wait=true");
            try (Socket client = connect()) {
                send(client, watch);
                await(() -> member.requests().size() == 1);
            }
            await(() -> member.closed() == 1);
            try (Socket client = connect()) {
                send(client, watch);
                client.shutdownOutput();
                assertEquals("", rest(client));
            }
            await(() -> member.closed() == 2);
        }
    }

    @Test
    void shouldAnswerAClientThatOnlySaysThatItSendsNoMore() throws Exception {
        try (StubMember member = StubMember.saying(ok("{}"))) {
            open(new ProxyContext(), List.of(member.url()));
            try (Socket client = connect()) {
                send(client, GET + GET);
                client.shutdownOutput();
                final String replies = rest(client);
                assertEquals(3, replies.split("HTTP/1.1 200 OK\r\n", -1).length, replies);
            }
        }
    }

    /** Nothing is read of the member that the client does not take. */
    @Test
    void shouldHoldTheMemberBackWhenTheClientIsSlow() throws Exception {
        final int total = 64 << 20;
        final AtomicInteger written = new AtomicInteger();
        final StubMember.Script script =
                (request, out) -> {
                    StubMember.write(
                            out, "HTTP/1.1 200 OK\r\nContent-Length: " + total + "\r\n\r\n");
                    final byte[] piece = new byte[1 << 16];
                    while (written.get() < total) {
                        out.write(piece);
                        written.addAndGet(piece.length);
                    }
                    return true;
                };
        try (StubMember member = new StubMember(script)) {
            open(new ProxyContext(), List.of(member.url()));
            try (Socket client = new Socket()) {
                client.setReceiveBufferSize(1 << 16);
                client.connect(address);
                send(client, closing(GET));
                int before = -1;
                while (written.get() == 0 || written.get() != before) {
                    before = written.get();
                    Thread.sleep(200);
                }
                assertTrue(written.get() < total / 2, () -> written + " bytes are under way");
                int read = 0;
                final InputStream in = client.getInputStream();
                final byte[] buffer = new byte[1 << 16];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    read += n;
                }
                assertTrue(read > total, read + " bytes came");
            }
        }
    }

    @Test
    void shouldCutClientsOffThatDoNotRead() throws Exception {
        final byte[] piece = new byte[1 << 16];
        final StubMember.Script script =
                (request, out) -> {
                    if (request.startsWith("PUT")) {
                        StubMember.write(out, ok("{}"));
                        return true;
                    }
                    StubMember.write(out, "HTTP/1.1 200 OK\r\n\r\n");
                    while (true) {
                        out.write(piece);
                    }
                };
        try (StubMember member = new StubMember(script)) {
            open(new ProxyContext().slowReaderTimeoutMs(100), List.of(member.url()));
            try (Socket silent = new Socket()) {
                silent.setReceiveBufferSize(1 << 12);
                silent.connect(address);
                send(silent, GET);
                await(() -> member.requests().size() == 1);
                assertTrue(ask(closing(PUT)).startsWith("HTTP/1.1 200 "));
                await(() -> member.closed() == 1);
            }
            final String metrics = ask(closing("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"));
            assertTrue(metrics.contains("\nlarch_http_slow_readers_cut_total 1.0\n"), metrics);
        }
    }

    /** Whoever waits long for the next answer, or for an event, is none of them. */
    @Test
    void shouldNotCutClientsOffThatHaveTakenAll() throws Exception {
        final CountDownLatch mayAnswer = new CountDownLatch(1);
        final StubMember.Script script =
                (request, out) -> {
                    try {
                        mayAnswer.await();
                    } catch (final InterruptedException e) {
                        throw new IOException(e);
                    }
                    StubMember.write(out, ok("{}"));
                    return true;
                };
        try (StubMember member = new StubMember(script)) {
            open(new ProxyContext().slowReaderTimeoutMs(20), List.of(member.url()));
            try (Socket client = connect()) {
                send(client, GET + closing(GET));
                Thread.sleep(200);
                mayAnswer.countDown();
                final String replies = rest(client);
                assertEquals(3, replies.split("HTTP/1.1 200 OK\r\n", -1).length, replies);
            }
        }
    }

    @Test
    void shouldCutTheClientOffWhenAnAnswerEndsInTheMiddle() throws Exception {
        final StubMember.Script script =
                (request, out) -> {
                    StubMember.write(out, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
                    return false;
                };
        try (StubMember member = new StubMember(script)) {
            open(new ProxyContext(), List.of(member.url()));
            final String reply = ask(GET);
            assertTrue(reply.endsWith("\r\n\r\nhalf"), reply);
            assertEquals(1, member.requests().size());
        }
    }

    @Test
    void shouldWaitForAMemberAsLongAsItIsTold() throws Exception {
        try (StubMember member = new StubMember((request, out) -> true)) {
            open(new ProxyContext().readTimeoutMs(50), List.of(member.url()));
            assertTrue(ask(closing(GET)).startsWith("HTTP/1.1 502 "));
        }
    }

    @Test
    void shouldRefuseWhatIsNoRequest() throws Exception {
        open(new ProxyContext().maxHeadBytes(1000).maxBodyBytes(100), List.of());
        final String big = "x".repeat(2000);
        assertTrue(ask("nonsense\r\n\r\n").startsWith("HTTP/1.1 400 Bad Request\r\n"));
        assertTrue(ask("GET /" + big + " HTTP/1.1\r\nHost: x\r\n\r\n").startsWith("HTTP/1.1 414 "));
        assertTrue(
                ask("GET / HTTP/1.1\r\nHost: x\r\nA: " + big + "\r\n\r\n")
                        .startsWith("HTTP/1.1 431 "));
        final String body = "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 2000\r\n\r\n" + big;
        assertTrue(ask(body).startsWith("HTTP/1.1 413 "));
        assertTrue(
                ask("PUT / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n12")
                        .startsWith("HTTP/1.1 400 "));
        assertTrue(
                ask("PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n")
                        .startsWith("HTTP/1.1 400 "));
        // Behind one that is understood, in order.
        final String both = ask(GET + "nonsense\r\n\r\n");
        assertTrue(both.startsWith("HTTP/1.1 503 "), both);
        assertTrue(both.endsWith("400 Bad Request"), both);
    }

    @Test
    void shouldNotWaitForSlowSendersForEver() throws Exception {
        open(new ProxyContext().slowSenderTimeoutMs(50), List.of());
        assertTrue(ask("GET / HT").startsWith("HTTP/1.1 408 "));
        assertTrue(ask("PUT / HTTP/1.1\r\nContent-Length: 9\r\n\r\nx").startsWith("HTTP/1.1 408 "));
        try (Socket idle = connect()) {
            send(idle, "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
            Thread.sleep(200);
            send(idle, closing("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"));
            assertEquals(3, rest(idle).split("HTTP/1.1 200 OK", -1).length);
        }
    }

    @Test
    void shouldHaveNoMemoryForMoreThanItIsGiven() throws Exception {
        open(new ProxyContext().maxInputBytes(1 << 16), List.of());
        final String body = "v".repeat(1 << 17);
        final String put = "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: " + (1 << 17) + "\r\n\r\n";
        assertTrue(ask(put + body).startsWith("HTTP/1.1 503 "));
        assertTrue(ask(closing(PUT)).contains("zero endpoints"));
    }

    /** Who is refused before all is sent can send the rest, and reads why. */
    @Test
    void shouldHearOutWhomItRefuses() throws Exception {
        open(new ProxyContext().maxInputBytes(1 << 16), List.of());
        try (Socket client = connect()) {
            send(client, "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: " + (1 << 18) + "\r\n\r\n");
            send(client, "v".repeat(1 << 17));
            // The whole answer and its end.
            final String answer = rest(client);
            assertTrue(answer.startsWith("HTTP/1.1 503 "), answer);
            // A socket that was closed is gone with its selector's next turn.
            for (int i = 0; i < 3; i++) {
                for (final EventExecutor loop : loops) {
                    loop.submit(() -> {}).sync();
                }
            }
            for (int i = 0; i < 16; i++) {
                send(client, "v".repeat(1 << 13));
            }
            client.shutdownOutput();
            assertEquals(-1, client.getInputStream().read());
        }
    }

    @Test
    void shouldLetPagesOfOtherOriginsRead() throws Exception {
        try (StubMember member =
                StubMember.saying(
                        "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n"
                                + "Content-Length: 0\r\n\r\n")) {
            open(new ProxyContext().corsOrigins(Set.of("http://a.example")), List.of(member.url()));
            final String get = closing(GET).replace("Host: x", "Host: x\r\nOrigin: ");
            final String allowed = ask(get.replace("Origin: ", "Origin: http://a.example"));
            assertTrue(
                    allowed.toLowerCase(Locale.ROOT)
                            .contains("access-control-allow-origin: http://a.example\r\n"),
                    allowed);
            assertFalse(allowed.contains("*"), allowed);
            final String preflight =
                    ask(get.replace("GET", "OPTIONS").replace("Origin: ", "Origin: http://b"));
            assertTrue(preflight.startsWith("HTTP/1.1 200 "), preflight);
            assertFalse(preflight.contains("allow-origin"), preflight);
            assertEquals(1, member.requests().size());
        }
    }
}
