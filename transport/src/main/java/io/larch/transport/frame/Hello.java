package io.larch.transport.frame;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Where a member can be reached, as it tells its peers: one that does not know it yet can answer
 * then. The body of a {@link FrameKind#HELLO}: its URLs in UTF-8, with commas between them, as many
 * of them as fit.
 */
public final class Hello {
    /** Between two of them to a peer of which nothing is heard. */
    public static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

    static final int MAX_LENGTH = 2048;

    private final UnsafeBuffer body;
    private final long incarnation;

    public Hello(final List<String> peerUrls, final long incarnation) {
        final StringBuilder text = new StringBuilder();
        for (final String url : peerUrls) {
            final String more = text.isEmpty() ? url : "," + url;
            if (utf8(text + more).length <= MAX_LENGTH) {
                text.append(more);
            }
        }
        body = new UnsafeBuffer(utf8(text.toString()));
        this.incarnation = incarnation;
    }

    private static byte[] utf8(final String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Whether there is anything to tell. */
    public boolean isEmpty() {
        return body.capacity() == 0;
    }

    /** Makes a frame of it. */
    public OutgoingFrame seal(
            final OutgoingFrame frame,
            final PeerIdentity identity,
            final long to,
            final long nowNanos) {
        final int length = body.capacity();
        TransportFrame.encode(
                frame.transportHeader(), FrameKind.HELLO, incarnation, 0, length, length);
        return frame.sealTransport(identity, to, nowNanos, body, 0, length);
    }

    /** The URLs that a peer tells. */
    public static List<String> urls(final TransportFrame hello) {
        final DirectBuffer frame = hello.buffer();
        final byte[] text = new byte[hello.bodyLength()];
        frame.getBytes(TransportFrame.HEADER_LENGTH, text);
        final List<String> urls = new ArrayList<>();
        for (final String url : new String(text, StandardCharsets.UTF_8).split(",")) {
            if (!url.isBlank()) {
                urls.add(url);
            }
        }
        return List.copyOf(urls);
    }
}
