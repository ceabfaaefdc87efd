package io.larch.tools.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.EngineContext;
import io.larch.engine.sockets.FreePort;
import io.larch.http.HttpContext;
import io.larch.tools.cpus.Placement;
import io.larch.tools.flags.ServerConfig;
import io.larch.tools.process.SocketTransport;
import io.larch.transport.aeron.AeronContext;
import io.larch.transport.aeron.AeronPeerTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One rule in both thread layouts: a fault of the engine ends the member, one of the edge ends a
 * connection.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FaultRuleTest {
    @TempDir Path directory;

    private final RuntimeException injected = new IllegalStateException("injected");
    private volatile boolean isEdgeBroken;
    private volatile boolean isEngineBroken;
    private int port;

    enum Layout {
        FUSED,
        SPLIT
    }

    @ParameterizedTest
    @EnumSource
    @SuppressWarnings("try") // The member is spoken to by its port.
    void shouldEndOneConnectionByAFaultOfTheEdge(final Layout layout) throws Exception {
        try (RunningMember member = start(layout)) {
            for (int i = 1; i <= 3; i++) {
                isEdgeBroken = true;
                assertEquals("", get("/v2/keys/none"));
                assertEquals("", get("/v2/members"));
                isEdgeBroken = false;
                assertTrue(get("/v2/keys/none").startsWith("HTTP/1.1 404 "));
                assertTrue(get("/metrics").contains("\nlarch_http_faults_total " + 2 * i + ".0\n"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldEndTheMemberByAFaultOfTheEngine(final Layout layout) throws Exception {
        try (RunningMember member = start(layout)) {
            assertTrue(get("/v2/keys/none").startsWith("HTTP/1.1 404 "));
            isEngineBroken = true;
            get("/v2/keys/none");
            assertSame(injected, member.awaitFailure());
            isEngineBroken = false;
        }
    }

    private RunningMember start(final Layout layout) throws IOException {
        port = FreePort.next();
        final String clientUrl = "http://127.0.0.1:" + port;
        final String peerUrl = "http://127.0.0.1:" + FreePort.next();
        final EngineContext engine =
                new EngineContext()
                        .memberId(0xA1)
                        .clusterId(0xC1)
                        .name("one")
                        .peerUrls(List.of(peerUrl))
                        .clientUrls(List.of(clientUrl))
                        .memberDir(directory.resolve("member"))
                        .epochNanos(() -> nanos(isEngineBroken));
        final HttpContext http = new HttpContext().epochNanos(() -> nanos(isEdgeBroken));
        final PeerNetwork network =
                watch ->
                        new AeronPeerTransport(
                                new AeronContext()
                                        .listenUrls(List.of(peerUrl))
                                        .fallbackDirectory(directory.resolve("aeron"))
                                        .channelWatch(watch));
        final ServerConfig.Urls urls =
                new ServerConfig.Urls(
                        List.of(peerUrl), List.of(clientUrl), List.of(peerUrl), List.of(clientUrl));
        return layout == Layout.FUSED
                ? FusedMember.start(
                        engine,
                        http,
                        network,
                        new Listeners(urls, MemberTls.NONE),
                        Build.LARCHD,
                        SocketTransport.best(false),
                        ServerConfig.Idle.ADAPTIVE,
                        Placement.ANYWHERE)
                : SplitMember.start(
                        engine,
                        http,
                        network,
                        new Listeners(urls, MemberTls.NONE),
                        Build.LARCHD,
                        SocketTransport.best(false),
                        1,
                        false,
                        Placement.ANYWHERE);
    }

    private long nanos(final boolean isBroken) {
        if (isBroken) {
            throw injected;
        }
        return System.currentTimeMillis() * 1_000_000;
    }

    /** The whole reply; empty when the connection is closed instead. */
    private String get(final String path) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write(
                            ("GET " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (final SocketException reset) {
            return "";
        }
    }
}
