package io.larch.tools.stat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.stats.CounterFile;
import io.larch.engine.stats.CounterPublisher;
import io.larch.engine.stats.MemberCounters;
import io.larch.tools.conformance.JsonTree;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.agrona.concurrent.status.AtomicCounter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class LarchStatTest {
    private static final long NOW_MS = 1_600_000_000_000L;

    @TempDir Path directory;
    private final MemberCounters counters = new MemberCounters();
    private final AtomicCounter writes = counters.manager().newCounter("store.writes [requests]");
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private Path file;
    private CounterPublisher publisher;
    private long nowMs = NOW_MS;

    @BeforeEach
    void makeDirectory() throws IOException {
        file = Files.createDirectory(directory.resolve("member")).resolve(CounterFile.NAME);
        counters.manager().newCounter("idle [times]");
        writes.setRelease(1_234_567);
    }

    @AfterEach
    void stopMember() {
        if (publisher != null) {
            publisher.close();
        }
    }

    /** The publisher of a member that runs, by a clock that stands still. */
    private void startMember() throws InterruptedException {
        publisher = new CounterPublisher(file, counters, 0x1a, 0x2b, () -> NOW_MS).start();
        while (!Files.exists(file)) {
            Thread.sleep(1);
        }
    }

    private int stat(final String... options) {
        final String[] arguments = new String[options.length + 1];
        System.arraycopy(options, 0, arguments, 0, options.length);
        arguments[options.length] = directory.toString();
        return run(arguments);
    }

    private int run(final String... arguments) {
        final CommandLine line = LarchStat.commandLine(() -> nowMs);
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }

    private void assertRefused(final int status, final String reason) {
        assertEquals(status, stat());
        assertEquals("", out.toString());
        assertTrue(err.toString().startsWith("larch-stat: "), err.toString());
        assertTrue(err.toString().contains(reason), err.toString());
        err.getBuffer().setLength(0);
    }

    @Test
    void shouldPrintWhatIsNotZero() throws InterruptedException {
        startMember();

        assertEquals(0, stat());
        assertEquals(
                "member 1a of cluster 2b, process "
                        + ProcessHandle.current().pid()
                        + " since 2020-09-13T12:26:40Z\n"
                        + "store.writes            1,234,567 requests\n",
                out.toString());
        assertEquals("", err.toString());
    }

    @Test
    void shouldPrintEverythingWhenAskedTo() throws InterruptedException {
        startMember();

        assertEquals(0, stat("--all"));
        assertTrue(out.toString().contains("\nidle "), out.toString());
    }

    @Test
    void shouldPrintObjectsForPrograms() throws InterruptedException {
        startMember();

        assertEquals(0, stat("--json", "--count=2", "--interval=0.1"));
        final List<String> lines = out.toString().lines().toList();
        assertEquals(2, lines.size());
        final Object first = JsonTree.parse(lines.get(0));
        assertEquals("1a", JsonTree.at(first, "memberId"));
        assertEquals("2b", JsonTree.at(first, "clusterId"));
        assertTrue(
                lines.get(0)
                        .contains(
                                "{\"name\":\"store.writes\",\"unit\":\"requests\","
                                        + "\"value\":1234567}"),
                lines.get(0));
        assertTrue(lines.get(0).contains("\"name\":\"idle\""), lines.get(0));
    }

    @Test
    void shouldPrintTheChangeBetweenPictures() {
        final StringWriter text = new StringWriter();
        final TextPrinter printer = new TextPrinter(new PrintWriter(text), false);
        printer.print(picture(1_000, 10));
        printer.print(picture(3_000, 25));
        printer.print(picture(4_000, 25));

        final List<String> lines = text.toString().lines().toList();
        assertEquals("c                   10 things", lines.get(1));
        assertEquals("c                   25 things, +7.5 a second", lines.get(4));
        assertEquals("c                   25 things", lines.get(7));
    }

    private static CounterFile.Picture picture(final long publishedMs, final long value) {
        return new CounterFile.Picture(
                1,
                0,
                publishedMs,
                false,
                1,
                1,
                List.of(new CounterFile.Counter("c", "things", value)));
    }

    @Test
    void shouldSayThatNoMemberEverRan() throws IOException {
        assertRefused(3, "there are no counters in " + directory.resolve("member"));
        Files.delete(directory.resolve("member"));
        assertRefused(3, "it is no data directory, or no member has ever run on it");
        assertEquals(3, run(directory.resolve("nowhere").toString()));
        assertTrue(err.toString().contains("there is no such directory"), err.toString());
    }

    @Test
    void shouldSayThatTheMemberHasEnded() throws InterruptedException {
        startMember();
        publisher.close();
        nowMs += 5_000;

        assertRefused(3, ") ended 5 s ago");
    }

    @Test
    void shouldSayThatTheMemberIsGoneOrHangs() throws Exception {
        startMember();
        nowMs += 14_000;
        assertEquals(0, stat());
        out.getBuffer().setLength(0);
        nowMs += 2_000;
        assertRefused(3, "hangs, or is another's by now; it last wrote 16 s ago");

        final Process process = new ProcessBuilder("true").start();
        process.waitFor();
        final CounterFile.Picture killed =
                new CounterFile.Picture(process.pid(), 0, NOW_MS, false, 1, 1, List.of());
        assertEquals(null, Liveness.absence(killed, NOW_MS + 3_000));
        assertEquals(
                "the last one (process "
                        + process.pid()
                        + ") is gone without an end; it last wrote 4 s ago",
                Liveness.absence(killed, NOW_MS + 4_000));
    }

    @Test
    void shouldSayThatTheFileIsNoneOrCut() throws Exception {
        Files.writeString(file, "no counters");
        assertRefused(4, "is not a file of counters");
        startMemberAnew();
        publisher.close();
        Files.write(file, java.util.Arrays.copyOf(Files.readAllBytes(file), 100_000));
        assertRefused(4, "is cut: it has 100000 bytes of ");
    }

    private void startMemberAnew() throws Exception {
        Files.delete(file);
        startMember();
    }

    @Test
    void shouldRefuseAWrongCommandLine() {
        assertEquals(2, run());
        assertEquals(2, stat("--interval=0"));
        assertEquals(2, stat("--interval=NaN"));
        assertEquals(2, stat("--count=0"));
        assertEquals(2, stat("--colour"));
        assertTrue(err.toString().contains("--count must be 1 or more: 0"), err.toString());
    }

    @Test
    void shouldExplainItself() {
        assertEquals(0, run("--help"));
        assertTrue(out.toString().contains("DATA_DIR"), out.toString());
        assertTrue(out.toString().contains("3   no member runs on this directory"), out.toString());
    }
}
