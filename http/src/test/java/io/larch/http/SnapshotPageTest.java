package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.port.QueryViews;
import io.larch.engine.port.StateFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The page that gives a member's state, which a worker reads. */
class SnapshotPageTest extends AuthFixture {
    private static final String TARGET = "/admin/snapshot";
    private static final int LENGTH = 1_000_000;

    private final Source source = new Source();

    /** A file that is read when the test says so. */
    private static final class Source implements StateFile {
        final ArrayDeque<Runnable> reads = new ArrayDeque<>();
        Throwable failure;
        int closeCount;

        @Override
        public long lastIndex() {
            return 1796;
        }

        @Override
        public long lastTerm() {
            return 2;
        }

        @Override
        public long length() {
            return LENGTH;
        }

        @Override
        public byte[] digest() {
            return new byte[32];
        }

        @Override
        public void read(
                final long position, final ByteBuffer target, final Consumer<Throwable> whenRead) {
            assertEquals(0, closeCount);
            reads.add(
                    () -> {
                        for (int i = 0; failure == null && target.hasRemaining(); i++) {
                            target.put((byte) ('a' + (position + i) % 23));
                        }
                        whenRead.accept(failure);
                    });
        }

        @Override
        public void close() {
            closeCount++;
        }
    }

    private String get() {
        client.engine.state = new QueryViews.State(source, "");
        return send("GET", TARGET, "");
    }

    private String readOn() {
        final StringBuilder text = new StringBuilder();
        for (Runnable read = source.reads.poll(); read != null; read = source.reads.poll()) {
            read.run();
            text.append(client.received());
        }
        return text.toString();
    }

    private static String expected() {
        final byte[] bytes = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            bytes[i] = (byte) ('a' + i % 23);
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    void shouldSendTheFileBehindItsLengthAndDigest() {
        final String head = get();
        assertTrue(head.startsWith("HTTP/1.1 200 OK\r\n"), head);
        assertTrue(head.contains("Content-Type: application/octet-stream\r\n"), head);
        assertTrue(head.contains("Content-Length: 1000000\r\n"), head);
        assertTrue(head.contains("X-Raft-Index: 1796\r\nX-Raft-Term: 2\r\n"), head);
        assertTrue(head.contains("X-Etcd-Cluster-Id: a10e20a2639400db\r\n"), head);
        assertTrue(
                head.contains(
                        "Repr-Digest: sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:\r\n"),
                head);
        assertTrue(head.endsWith("\r\n\r\n"));

        assertEquals(expected(), readOn());

        assertEquals(1, source.closeCount);
        assertTrue(client.get("/version").contains("200 OK"), "the connection goes on");
    }

    @Test
    void shouldReadNothingAheadOfWhatTheClientTakes() {
        get();
        assertEquals(1, source.reads.size());
        client.channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        source.reads.poll().run();
        client.received();
        assertEquals(0, source.reads.size(), "the client takes nothing");

        client.channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        client.received();

        assertEquals(1, source.reads.size());
    }

    @Test
    void shouldCloseTheConnectionWhenTheFileCannotBeRead() {
        get();
        source.failure = new IllegalStateException("Input/output error");
        assertEquals("", readOn());
        assertFalse(client.channel.isOpen());
        assertEquals(1, source.closeCount);
    }

    @Test
    void shouldCloseTheConnectionWhenTheDiskDoesNotAnswer() {
        get();
        client.advanceMs(59_000);
        assertTrue(client.channel.isOpen());
        client.advanceMs(2_000);
        assertFalse(client.channel.isOpen());
        assertEquals(1, source.closeCount);
        readOn();
    }

    @Test
    void shouldGiveTheFileBackWhenTheClientLeaves() {
        get();
        client.channel.close();
        assertEquals(1, source.closeCount);
        readOn();

        final Client early = new Client(new HttpContext());
        early.engine.isAnswering = false;
        final Source unwanted = new Source();
        early.engine.state = new QueryViews.State(unwanted, "");
        early.get(TARGET);
        early.channel.close();
        early.engine.answerHeldBack();
        assertEquals(1, unwanted.closeCount);
        early.close();
    }

    @Test
    void shouldWaitLongForASnapshotThatIsBeingTaken() {
        client.engine.isAnswering = false;
        assertEquals("", get());
        client.advanceMs(600_000);
        assertEquals("", client.received());
        client.engine.answerHeldBack();
        assertTrue(client.received().startsWith("HTTP/1.1 200 OK\r\n"));
    }

    @Test
    void shouldSayWhyThereIsNoSnapshot() {
        client.engine.state = new QueryViews.State(null, "No space left on device");
        final String reply = send("GET", TARGET, "");
        assertTrue(reply.startsWith("HTTP/1.1 503 Service Unavailable\r\n"), reply);
        assertTrue(reply.endsWith("{\"message\":\"No space left on device\"}"), reply);
    }

    @Test
    void shouldServeGetOnly() {
        assertTrue(send("PUT", TARGET, "").startsWith("HTTP/1.1 405 "));
    }

    @Test
    void shouldBeThereWithoutTheV2Api() {
        try (Client v3 = new Client(new HttpContext().enableV2(false))) {
            v3.engine.state = new QueryViews.State(null, "none");
            assertTrue(v3.get(TARGET).contains(" 503 "));
        }
    }

    @Test
    void shouldServeTheRoleRootAloneWhereThereAreUsers() {
        enable("[]", "[]");
        assertTrue(get().startsWith("HTTP/1.1 401 "));
        as("root:rp");
        assertTrue(get().startsWith("HTTP/1.1 200 OK\r\n"));
    }
}
