package io.larch.tools.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.larch.engine.EngineContext;
import io.larch.engine.sockets.FreePort;
import io.larch.http.HttpContext;
import io.larch.tools.cpus.Placement;
import io.larch.tools.flags.ServerConfig;
import io.larch.tools.process.SocketTransport;
import io.larch.tools.process.StartupException;
import io.larch.transport.ChannelWatch;
import io.larch.transport.aeron.AeronContext;
import io.larch.transport.aeron.AeronPeerTransport;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A member that recovered its engine and then cannot get an edge gives its directory back. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class FailedStartTest {
    private static final String ANY_PORT = "http://127.0.0.1:0";

    @TempDir Path directory;

    private final String url = "http://127.0.0.1:" + FreePort.next();

    @Test
    void shouldFreeTheDirectoryWhenThereAreNoEventLoops() {
        assertThrows(StartupException.class, () -> split(new HttpContext(), -1));

        split(new HttpContext(), 1).close();
    }

    @Test
    void shouldFreeTheDirectoryWhenThereIsNoEdge() {
        final StartupException failure =
                assertThrows(
                        StartupException.class,
                        () -> split(new HttpContext().requestTimeoutMs(0), 1));

        assertEquals("request time-out in ms must be greater than 0: 0", failure.getMessage());
        split(new HttpContext(), 1).close();
    }

    @Test
    void shouldFreeTheDirectoryWhenThereIsNoEdgeInOneThread() {
        assertThrows(StartupException.class, () -> fused(new HttpContext().requestTimeoutMs(0)));

        fused(new HttpContext()).close();
    }

    private RunningMember split(final HttpContext http, final int eventLoops) {
        return SplitMember.start(
                engine(),
                http,
                this::peers,
                new Listeners(urls(), MemberTls.NONE),
                Build.LARCHD,
                SocketTransport.best(false),
                eventLoops,
                false,
                Placement.ANYWHERE);
    }

    private RunningMember fused(final HttpContext http) {
        return FusedMember.start(
                engine(),
                http,
                this::peers,
                new Listeners(urls(), MemberTls.NONE),
                Build.LARCHD,
                SocketTransport.best(false),
                ServerConfig.Idle.ADAPTIVE,
                Placement.ANYWHERE);
    }

    private ServerConfig.Urls urls() {
        final List<String> peer = List.of(url);
        final List<String> client = List.of(ANY_PORT);
        return new ServerConfig.Urls(peer, client, peer, client);
    }

    private AeronPeerTransport peers(final ChannelWatch watch) {
        return new AeronPeerTransport(
                new AeronContext()
                        .listenUrls(List.of(url))
                        .fallbackDirectory(directory.resolve("aeron"))
                        .channelWatch(watch));
    }

    private EngineContext engine() {
        return new EngineContext()
                .memberId(0xA1)
                .clusterId(0xC1)
                .name("one")
                .peerUrls(List.of(url))
                .clientUrls(List.of(ANY_PORT))
                .memberDir(directory.resolve("member"));
    }
}
