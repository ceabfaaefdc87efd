package io.larch.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.junit.jupiter.api.Test;

class CallStreamTest {
    private final List<String> messages = new ArrayList<>();
    private final CallStream stream = newStream();

    private CallStream newStream() {
        return new CallStream(
                null,
                1,
                Http2Frames.DEFAULT_WINDOW,
                new CallStream.Listener() {
                    @Override
                    public void onMessage(
                            final DirectBuffer buffer, final int offset, final int length) {
                        messages.add(buffer.getStringWithoutLengthAscii(offset, length));
                    }

                    @Override
                    public void onEnd(final boolean isRight) {
                        messages.add("end");
                    }
                });
    }

    @Test
    void shouldFindMessagesAtWhicheverBytesTheyAreCut() {
        final byte[] bytes =
                "\0\0\0\0\3one\0\0\0\0\0\0\0\0\0\5three".getBytes(StandardCharsets.US_ASCII);
        for (int first = 0; first <= bytes.length; first++) {
            for (int second = first; second <= bytes.length; second++) {
                messages.clear();
                final CallStream cut = newStream();
                final ByteBuffer arrived = ByteBuffer.wrap(bytes);
                cut.onData(arrived, 0, first);
                cut.onData(arrived, first, second - first);
                cut.onData(arrived, second, bytes.length - second);
                assertEquals(List.of("one", "", "three"), messages, first + " " + second);
            }
        }
    }

    @Test
    void shouldTellTheEnd() {
        stream.onEnd(true);

        assertEquals(List.of("end"), messages);
    }
}
