package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.Channel;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The edge behind TLS, on sockets of the loopback interface; the JDK's TLS on both sides. */
@Timeout(60)
class TlsEdgeTest {
    private static final String PUT =
            "PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                    + "Content-Length: 7\r\n\r\nvalue=1";
    private static final String CUT = "\nlarch_http_slow_readers_cut_total 1.0\n";
    private static final int VALUE_BYTES = 1_000_000;
    private static final int REPLIES = 12;
    private static final String LAST =
            "GET /v2/keys/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

    private final MultiThreadIoEventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final AtomicReference<SslContext> context = new AtomicReference<>();
    private HttpEdge edge;
    private Channel listener;
    private Channel plainListener;

    @BeforeEach
    void open() throws Exception {
        context.set(serverContext(ClientAuth.NONE));
        open(new HttpContext());
    }

    private void open(final HttpContext settings) throws Exception {
        edge =
                new HttpEdge(
                        settings,
                        loops,
                        NioServerSocketChannel.class,
                        (handler, loop) -> new FakeEngine().attach(handler));
        listener = edge.bindTls(loopback(), context::get).sync().channel();
        plainListener = edge.bind(loopback()).sync().channel();
    }

    @AfterEach
    void close() throws Exception {
        edge.close().sync();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void shouldServePipelinedRequests(final String protocol) throws Exception {
        try (SSLSocket socket = connect(false)) {
            socket.setEnabledProtocols(new String[] {protocol});
            send(socket, PUT.repeat(50) + LAST);
            final String replies = read(socket);
            assertEquals(52, replies.split("HTTP/1.1 20", -1).length, replies);
            assertTrue(replies.contains("{\"action\":\"get\""), replies);
            assertEquals(protocol, socket.getSession().getProtocol());
        }
        assertTrue(metrics().contains("\nlarch_tls_handshakes_total 1.0\n"));
    }

    @Test
    @Tag("slow")
    void shouldCutOffOnlyWhoTakesNothingForTheTimeout() throws Exception {
        edge.close().sync();
        open(new HttpContext().slowReaderTimeoutMs(1_000));
        final String get = "GET /v2/keys/a HTTP/1.1\r\nHost: x\r\n\r\n";
        final long all = (long) REPLIES * VALUE_BYTES;
        try (SSLSocket silent = unconnected(false);
                SSLSocket slow = unconnected(false)) {
            // So that the kernel does not take it all in its place.
            silent.setReceiveBufferSize(4_096);
            for (final SSLSocket socket : List.of(silent, slow)) {
                socket.setSoTimeout(20_000);
                socket.connect(listener.localAddress());
            }
            putLongValue();
            send(silent, get.repeat(REPLIES));
            send(slow, get.repeat(REPLIES));
            final InputStream in = slow.getInputStream();
            long read = 0;
            while (!metrics().contains(CUT)) {
                if (read < all) {
                    read += in.readNBytes(100_000).length;
                }
            }
            while (read < all) {
                final int bytes = in.readNBytes(100_000).length;
                assertTrue(bytes > 0, "the one that reads is cut off");
                read += bytes;
            }
            assertTrue(readable(silent) < all);
        }
        assertTrue(metrics().contains(CUT));
    }

    private void putLongValue() throws Exception {
        try (SSLSocket socket = connect(false)) {
            send(
                    socket,
                    "PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                            + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                            + (6 + VALUE_BYTES)
                            + "\r\n\r\nvalue="
                            + "v".repeat(VALUE_BYTES));
            assertTrue(read(socket).startsWith("HTTP/1.1 201 "));
        }
    }

    /** How many bytes there are until a connection's end or failure. */
    private static long readable(final Socket socket) {
        final byte[] bytes = new byte[65_536];
        long count = 0;
        try {
            for (int n = 0; n >= 0; n = socket.getInputStream().read(bytes)) {
                count += n;
            }
        } catch (final IOException e) {
            // It was cut off.
        }
        return count;
    }

    @Test
    void shouldAnswerWhoSaysThatItSendsNoMore() throws Exception {
        try (SSLSocket socket = connect(false)) {
            send(socket, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
            socket.shutdownOutput();
            final String reply = read(socket);
            assertTrue(reply.endsWith("\r\n\r\nok\n"), reply);
        }
    }

    @Test
    void shouldEndARefusedRequestInTlsToo() throws Exception {
        try (SSLSocket socket = connect(false)) {
            send(
                    socket,
                    "PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\nContent-Length: 7, 8\r\n\r\n"
                            + "x".repeat(100_000));
            // The end of a connection that was cut off would be an exception.
            assertTrue(read(socket).startsWith("HTTP/1.1 400 "));
        }
    }

    @Test
    void shouldTellWhoSpeaksPlainHttpAsGoDoes() throws Exception {
        try (Socket socket = new Socket()) {
            socket.connect(listener.localAddress());
            send(socket, LAST);
            assertEquals(
                    "HTTP/1.0 400 Bad Request\r\n\r\n"
                            + "Client sent an HTTP request to an HTTPS server.\n",
                    read(socket));
        }
        assertFailed("not_tls", 1);
    }

    @Test
    void shouldEndWhoSpeaksNeither() throws Exception {
        for (final String nonsense :
                new String[] {"SSH-2.0-x\r\n", "\u0080\u0001\u0002\u0003\u0004"}) {
            try (Socket socket = new Socket()) {
                socket.connect(listener.localAddress());
                send(socket, nonsense);
                assertEquals("", read(socket));
            }
        }
        assertFailed("not_tls", 2);
        // A record of a handshake, with nothing of one in it.
        try (Socket socket = new Socket()) {
            socket.connect(listener.localAddress());
            send(socket, "\u0016\u0003\u0001\u0000\u0004abcd");
            read(socket);
        }
        assertFailed("protocol", 1);
        // Hangs up in the middle.
        try (Socket socket = new Socket()) {
            socket.connect(listener.localAddress());
            send(socket, "\u0016\u0003\u0001\u0002\u0000");
            socket.shutdownOutput();
            read(socket);
        }
        assertFailed("gone", 1);
    }

    @Test
    void shouldTellWhoSpeaksTlsToAPlainPort() throws Exception {
        final SSLContext client = clientContext(false);
        try (SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket()) {
            socket.connect(plainListener.localAddress());
            assertThrows(IOException.class, socket::startHandshake);
        }
        assertFailed("tls_on_plain_port", 1);
    }

    @Test
    void shouldDemandCertificates() throws Exception {
        context.set(serverContext(ClientAuth.REQUIRE));
        assertThrows(IOException.class, () -> exchange(false));
        assertFailed("no_certificate", 1);
        assertTrue(exchange(true).startsWith("HTTP/1.1 404 "));
    }

    @Test
    void shouldTakeTheNewestContextForEachConnection() throws Exception {
        try (SSLSocket early = connect(false)) {
            send(early, "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n");
            early.getInputStream().read();
            context.set(serverContext(ClientAuth.REQUIRE));
            assertThrows(IOException.class, () -> exchange(false));
            send(early, LAST);
            assertTrue(read(early).contains("HTTP/1.1 404 "));
        }
    }

    @Test
    void shouldServeManyAtOnce() throws Exception {
        final int count = 60;
        final ExecutorService clients = Executors.newFixedThreadPool(20);
        try {
            final List<Future<String>> replies = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                replies.add(clients.submit(() -> exchange(false)));
            }
            for (final Future<String> reply : replies) {
                assertTrue(reply.get().startsWith("HTTP/1.1 404 "));
            }
        } finally {
            clients.shutdownNow();
        }
        assertTrue(metrics().contains("\nlarch_tls_handshakes_total " + count + ".0\n"));
    }

    private String exchange(final boolean showsCertificate) throws Exception {
        try (SSLSocket socket = connect(showsCertificate)) {
            send(socket, LAST);
            return read(socket);
        }
    }

    /** Once it is counted: the client may hear of it first. */
    private void assertFailed(final String reason, final int count) throws Exception {
        final String line =
                "\nlarch_tls_handshakes_failed_total{reason=\"" + reason + "\"} " + count + ".0\n";
        while (!metrics().contains(line)) {
            Thread.onSpinWait();
        }
    }

    private String metrics() throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(plainListener.localAddress());
            send(socket, "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            return read(socket);
        }
    }

    private SSLSocket connect(final boolean showsCertificate) throws Exception {
        final SSLSocket socket = unconnected(showsCertificate);
        socket.connect(listener.localAddress());
        return socket;
    }

    private static SSLSocket unconnected(final boolean showsCertificate) throws Exception {
        return (SSLSocket) clientContext(showsCertificate).getSocketFactory().createSocket();
    }

    private static void send(final Socket socket, final String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    private static String read(final Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    private static InetSocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private static SslContext serverContext(final ClientAuth auth) throws IOException {
        return SslContextBuilder.forServer(file("server.pem"), file("server.key"))
                .sslProvider(SslProvider.JDK)
                .trustManager(file("ca.pem"))
                .clientAuth(auth)
                .build();
    }

    private static SSLContext clientContext(final boolean showsCertificate) throws Exception {
        final SSLContext client = SSLContext.getInstance("TLS");
        final KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry(
                "ca", CertificateFactory.getInstance("X.509").generateCertificate(file("ca.pem")));
        final TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        final KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        final KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        if (showsCertificate) {
            own.setKeyEntry("own", key(), new char[0], new Certificate[] {certificate()});
        }
        keys.init(own, new char[0]);
        client.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return client;
    }

    private static Certificate certificate() throws Exception {
        return CertificateFactory.getInstance("X.509").generateCertificate(file("client.pem"));
    }

    private static PrivateKey key() throws Exception {
        final String text =
                new String(file("client.key").readAllBytes(), StandardCharsets.US_ASCII)
                        .replaceAll("-----[A-Z ]+-----|\\s", "");
        return KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text)));
    }

    private static InputStream file(final String name) {
        return TlsEdgeTest.class.getResourceAsStream("/tls/" + name);
    }
}
