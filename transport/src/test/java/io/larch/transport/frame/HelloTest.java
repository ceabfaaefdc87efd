package io.larch.transport.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class HelloTest {
    private static final PeerIdentity SELF = new PeerIdentity(77, 1, 5);

    private static TransportFrame sent(final Hello hello) {
        final OutgoingFrame frame = hello.seal(new OutgoingFrame(), SELF, 2, 3);
        final UnsafeBuffer bytes = new UnsafeBuffer(new byte[frame.length()]);
        bytes.putBytes(0, frame.header(), 0, frame.headerLength());
        bytes.putBytes(frame.headerLength(), frame.body(), frame.bodyOffset(), frame.bodyLength());
        assertTrue(TransportFrame.isWellFormed(bytes, 0, bytes.capacity()));
        return new TransportFrame().wrap(bytes, 0, bytes.capacity());
    }

    @Test
    void shouldTellTheUrls() {
        final List<String> urls = List.of("http://10.0.0.1:2380", "http://[::1]:2380");

        final TransportFrame hello = sent(new Hello(urls, 5));

        assertEquals(FrameKind.HELLO, hello.kind());
        assertEquals(1, hello.from());
        assertEquals(5, hello.id());
        assertEquals(urls, Hello.urls(hello));
    }

    @Test
    void shouldTellAsManyUrlsAsFit() {
        final List<String> urls = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            urls.add("http://127.0.0.1:" + (10_000 + i));
        }

        final TransportFrame hello = sent(new Hello(urls, 5));

        // Each takes 22 bytes and a comma.
        assertEquals(urls.subList(0, (Hello.MAX_LENGTH + 1) / 23), Hello.urls(hello));
    }

    @Test
    void shouldHaveNothingToTellWithoutUrls() {
        assertTrue(new Hello(List.of(), 5).isEmpty());
        assertTrue(new Hello(List.of("http://" + "x".repeat(Hello.MAX_LENGTH)), 5).isEmpty());
    }
}
