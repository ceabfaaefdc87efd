package io.larch.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class WatchMessageTest {
    private final List<String> heard = new ArrayList<>();
    private final WatchMessage message =
            new WatchMessage(
                    new WatchMessage.Listener() {
                        @Override
                        public void onCreated(final long watchId, final long revision) {
                            heard.add("created " + watchId + " at " + revision);
                        }

                        @Override
                        public void onCanceled(final long watchId) {
                            heard.add("canceled " + watchId);
                        }

                        @Override
                        public void onPut(
                                final long watchId,
                                final long modRevision,
                                final DirectBuffer buffer,
                                final int valueOffset,
                                final int valueLength) {
                            heard.add(
                                    watchId
                                            + " put at "
                                            + modRevision
                                            + ": "
                                            + buffer.getStringWithoutLengthAscii(
                                                    valueOffset, valueLength));
                        }
                    });

    @Test
    void shouldReadThatAWatchListens() {
        // header { revision: 9 } watch_id: 7 created: true
        read("0a021809" + "1007" + "1801");

        assertEquals(List.of("created 7 at 9"), heard);
    }

    @Test
    void shouldReadThatAWatchIsRefused() {
        // header {} watch_id: 7 created: true canceled: true
        read("0a00" + "1007" + "1801" + "2001");

        assertEquals(List.of("canceled 7"), heard);
    }

    @Test
    void shouldReadEachEventAndPassOverWhatWasBefore() {
        // watch_id: 7, then twice an event with kv { key: "k" mod_revision: N value: "vN" }, of
        // which the second has a prev_kv.
        read(
                "0a02180a"
                        + "1007"
                        + "5a0b1209"
                        + "0a016b18092a027639"
                        + "5a161209"
                        + "0a016b180a2a027661"
                        + "1a09"
                        + "0a016b18092a027639");

        assertEquals(List.of("7 put at 9: v9", "7 put at 10: va"), heard);
    }

    @Test
    void shouldRefuseWhatIsNoMessage() {
        assertThrows(IllegalStateException.class, () -> read("0a7f"));
    }

    private void read(final String hex) {
        final byte[] bytes = HexFormat.of().parseHex(hex);
        message.read(new UnsafeBuffer(bytes), 0, bytes.length);
    }
}
