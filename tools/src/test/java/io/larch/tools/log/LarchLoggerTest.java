package io.larch.tools.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.MarkerFactory;

class LarchLoggerTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final LarchLoggerFactory factory = new LarchLoggerFactory(out);
    private final Logger raft = factory.getLogger("io.larch.engine.raft.RaftCore");

    @Test
    void shouldPrintEtcdsLine() {
        assertEquals(
                "2026-11-21 01:20:28.855632 I | etcdmain: etcd Version: 2.3.8\n",
                new LogLineFormat(ZoneOffset.UTC)
                        .format(
                                Instant.parse("2026-11-21T01:20:28.855632999Z"),
                                LogLevel.INFO,
                                "etcdmain",
                                "etcd Version: 2.3.8",
                                null));
    }

    @Test
    void shouldKeepOneEventOnOneLine() {
        raft.info("key {}", "a\n2026 C | forged\r");

        assertEquals(List.of("I | raft: key a\\n2026 C | forged\\r"), lines());
    }

    @Test
    void shouldNameTheLevelsAsEtcdDoes() {
        factory.level(LogLevel.TRACE);
        raft.error(MarkerFactory.getMarker("CRITICAL"), "c");
        raft.error("e");
        raft.warn("w");
        raft.info(MarkerFactory.getMarker("NOTICE"), "n");
        raft.info("i");
        raft.debug("d");
        raft.trace("t");

        assertEquals(
                List.of(
                        "C | raft: c",
                        "E | raft: e",
                        "W | raft: w",
                        "N | raft: n",
                        "I | raft: i",
                        "D | raft: d",
                        "T | raft: t"),
                lines());
    }

    @Test
    void shouldChangeLevelsWhileRunning() {
        raft.debug("not yet");
        factory.level(LogLevel.DEBUG);
        raft.debug("now");
        factory.level(LogLevel.NOTICE);
        raft.info("no more");
        raft.info(MarkerFactory.getMarker("NOTICE"), "still");

        assertEquals(List.of("D | raft: now", "N | raft: still"), lines());
    }

    @Test
    void shouldHearLibrariesOnlyFromWarningOn() {
        final Logger netty = factory.getLogger("io.netty.channel.Channel");
        factory.level(LogLevel.TRACE);
        netty.info("noise");
        netty.warn("heard");
        factory.packageLevels(Map.of("netty", LogLevel.INFO));
        netty.info("asked for");

        assertEquals(List.of("W | netty: heard", "I | netty: asked for"), lines());
    }

    @Test
    void shouldSetLevelsByPackage() {
        factory.packageLevels(PackageLevels.parse("raft=ERROR,etcdmain=DEBUG,*=WARNING"));
        raft.warn("hidden");
        factory.getLogger("io.larch.tools.server.LarchServer").debug("shown");
        factory.getLogger("io.larch.engine.wal.Wal").info("hidden too");

        assertEquals(List.of("D | larchd: shown"), lines());

        factory.levelOfAll(LogLevel.INFO);
        raft.info("all");
        assertEquals("I | raft: all", lines().get(1));
    }

    @Test
    void shouldCallAPartTheSameHoweverItIsBuiltInside() {
        for (final String name :
                List.of(
                        "tools.bootstrap.FirstStart",
                        "tools.process.SystemdNotifier",
                        "tools.bootstrap.discovery.SrvDiscovery",
                        "http.listen.ConnectionLimit",
                        "http.HttpEdge",
                        "transport.aeron.Peer",
                        "engine.keys.tree.KeyTree",
                        "engine.EngineLog")) {
            factory.getLogger("io.larch." + name).info("-");
        }

        assertEquals(
                List.of(
                        "I | larchd: -",
                        "I | larchd: -",
                        "I | discovery: -",
                        "I | http: -",
                        "I | http: -",
                        "I | transport: -",
                        "I | keys: -",
                        "I | engine: -"),
                lines());
    }

    @Test
    void shouldPrintTheTraceOfAnError() {
        raft.error("broken {}", 1, new IllegalStateException("why"));

        assertEquals("E | raft: broken 1", lines().get(0));
        assertTrue(text().contains("IllegalStateException: why\n\tat "), text());
    }

    @Test
    void shouldWriteEveryLineOfManyThreadsOnce() throws InterruptedException {
        final List<Thread> threads =
                List.of(0, 1, 2, 3).stream()
                        .map(i -> new Thread(() -> logHundredLines(i)))
                        .toList();
        threads.forEach(Thread::start);
        for (final Thread thread : threads) {
            thread.join();
        }

        assertEquals(400, lines().stream().distinct().count());
        assertEquals(400, lines().size());
    }

    private void logHundredLines(final int thread) {
        for (int i = 0; i < 100; i++) {
            raft.info("thread {} line {}", thread, i);
        }
    }

    private String text() {
        factory.flush();
        return out.toString(StandardCharsets.UTF_8);
    }

    /** The lines without their times. */
    private List<String> lines() {
        return text().lines().map(line -> line.length() > 27 ? line.substring(27) : line).toList();
    }
}
