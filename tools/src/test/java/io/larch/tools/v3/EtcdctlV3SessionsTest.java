package io.larch.tools.v3;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.system.Command;
import io.larch.tools.system.EachProduct;
import io.larch.tools.system.Product;
import io.larch.tools.system.Servers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;

/** What etcdctl does for as long as it runs: locks, elections, mirrors, checks. */
@Tag("slow")
@Tag("fused-only")
class EtcdctlV3SessionsTest {
    @RegisterExtension final Servers servers = Servers.inMemory();

    private final List<Command.Running> running = new ArrayList<>();
    private Etcdctl etcdctl;

    @BeforeEach
    void needsEtcdctl() {
        assumeTrue(Etcdctl.isWanted(), "needs etcdctl");
    }

    @AfterEach
    void endAll() {
        running.forEach(one -> one.process().destroyForcibly());
    }

    private Command.Running start(final String... arguments) throws IOException {
        final Command.Running started = etcdctl.start(arguments);
        running.add(started);
        return started;
    }

    @ParameterizedTest
    @EachProduct
    void shouldLetOneAtATimeHoldALock(final Product product) throws Exception {
        etcdctl = new Etcdctl(product.start(servers).url());

        final Command.Running first = start("lock", "door");
        final String held = awaitPrinted(first, "door/[0-9a-f]+\n\n");
        final Command.Running second = start("lock", "door", "echo", "mine");
        awaitKeys(2, "door/");
        assertEquals("", second.outputSoFar());
        assertEquals(held, etcdctl.run("get", held.strip()).output());

        first.process().destroy();
        assertEquals(0, first.await().status());
        assertEquals(new Command.Result(0, "mine\n"), second.await());
        awaitKeys(0, "door/");
    }

    @ParameterizedTest
    @EachProduct
    void shouldElectOneAfterTheOther(final Product product) throws Exception {
        etcdctl = new Etcdctl(product.start(servers).url());

        final Command.Running first = start("elect", "office", "one");
        final String elected = awaitPrinted(first, "office/[0-9a-f]+\none\n");
        final Command.Running observer = start("elect", "--listen", "office");
        assertEquals(elected, awaitPrinted(observer, "office/[0-9a-f]+\none\n"));
        final Command.Running second = start("elect", "office", "two");
        awaitKeys(2, "office/");
        assertEquals("", second.outputSoFar());

        first.process().destroy();
        assertEquals(0, first.await().status());
        final String next = awaitPrinted(second, "office/[0-9a-f]+\ntwo\n");
        assertEquals(elected + next, awaitPrinted(observer, "(office/[0-9a-f]+\n(one|two)\n){2}"));
        second.process().destroy();
        assertEquals(0, second.await().status());
        awaitKeys(0, "office/");
    }

    /** Under their own names, under others, and without what they begin with. */
    @ParameterizedTest
    @EachProduct
    void shouldMirrorKeysToAnotherServer(final Product product) throws Exception {
        etcdctl = new Etcdctl(product.start(servers).url());
        final Etcdctl mirror = new Etcdctl(product.start(servers).url());
        final String to = mirror.endpoints();
        etcdctl.run("put", "m/1", "a");
        etcdctl.run("put", "m/2", "b");
        etcdctl.run("put", "other", "c");

        start("make-mirror", to, "--prefix=m/");
        start("make-mirror", to, "--prefix=m/", "--dest-prefix=copy/");
        start("make-mirror", to, "--prefix=m/", "--no-dest-prefix");
        awaitAll(mirror, "1\na\n2\nb\ncopy/1\na\ncopy/2\nb\nm/1\na\nm/2\nb\n");

        etcdctl.run("put", "m/2", "bb");
        etcdctl.run("put", "elsewhere", "x");
        etcdctl.run("del", "m/1");
        etcdctl.runWith("\nput m/3 c\ndel other\nput m/4 d\n\n\n", "txn");
        awaitAll(
                mirror,
                "2\nbb\n3\nc\n4\nd\ncopy/2\nbb\ncopy/3\nc\ncopy/4\nd\nm/2\nbb\nm/3\nc\nm/4\nd\n");

        mirror.run("del", "", "--prefix");
        start("make-mirror", to);
        awaitAll(mirror, "elsewhere\nx\nm/2\nbb\nm/3\nc\nm/4\nd\n");
    }

    /** Of Larch alone, for it takes a minute; how fast the members are is not judged here. */
    @Test
    void shouldEndACheckOfSpeedAndLeaveNothingBehind() throws Exception {
        etcdctl = new Etcdctl(Product.LARCH.start(servers).url());

        final Command.Result result =
                start("check", "perf", "--auto-compact", "--auto-defrag").await();
        final String text = result.output();
        assertTrue(text.matches("(?s).*\\n(PASS|FAIL)\n"), text);
        assertEquals(text.endsWith("PASS\n") ? 0 : 1, result.status(), text);
        assertTrue(text.contains("Compacted with revision"), text);
        assertTrue(text.contains("Defragmented \"" + etcdctl.endpoints() + "\""), text);
        assertFalse(text.contains("ERROR") || text.contains("too many errors"), text);
        assertEquals("", etcdctl.run("get", "", "--prefix").output());
    }

    @Test
    void shouldEndACheckOfMemoryAndLeaveNothingBehind() throws Exception {
        etcdctl = new Etcdctl(Product.LARCH.start(servers).url());

        final Command.Result result =
                etcdctl.run("check", "datascale", "--auto-compact", "--auto-defrag");
        final String text = result.output();
        assertTrue(text.matches("(?s).*\\n(PASS|FAIL): Approximate system memory used.*"), text);
        assertTrue(text.contains("Compacted with revision 10002\n"), text);
        assertEquals("", etcdctl.run("get", "", "--prefix").output());
    }

    private static String awaitPrinted(final Command.Running one, final String pattern)
            throws IOException {
        final String output = Etcdctl.await(one, text -> text.matches(pattern));
        assertTrue(output.matches(pattern), output);
        return output;
    }

    private void awaitKeys(final int count, final String prefix) throws Exception {
        final String wanted = "\"Count\" : " + count + "\n";
        etcdctl.await(
                answer -> answer.output().endsWith(wanted),
                "get",
                prefix,
                "--prefix",
                "--write-out=fields");
    }

    private static void awaitAll(final Etcdctl server, final String wanted) throws Exception {
        server.await(answer -> answer.output().equals(wanted), "get", "", "--prefix");
    }
}
