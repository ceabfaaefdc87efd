package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Ten thousand clients that wait cost little, and each hears of its own key only. */
@Tag("slow")
class IdleWatchersTest {
    private static final int WATCHERS = 10_000;
    private static final int KEYS = 100;
    private static final int PER_KEY = WATCHERS / KEYS;

    /**
     * 20 KB for each beyond what a member takes anyway; a connection's buffers alone would be more.
     */
    private static final long MEMORY_PER_WATCHER_BYTES = 20 * 1024;

    @RegisterExtension final Servers servers = new Servers();

    @Test
    void shouldWakeThoseOfTheKeyAndForgetTheOthersWhenTheyGo() throws Exception {
        OpenFiles.allow(WATCHERS + 1_000);
        final ServerProcess server = servers.larch().start();
        final Keys keys = new Keys(server);
        for (int i = 0; i < KEYS; i++) {
            keys.put(key(i), "value=old");
        }
        final long residentBefore = server.residentBytes();
        try (WatchCrowd crowd = new WatchCrowd(server.url())) {
            for (int i = 0; i < WATCHERS; i++) {
                crowd.add(key(i % KEYS));
            }
            crowd.awaitHeads();
            keys.awaitWatchers(WATCHERS);
            final long grown = server.residentBytes() - residentBefore;
            assertTrue(grown < WATCHERS * MEMORY_PER_WATCHER_BYTES, "grown by bytes: " + grown);

            wakeOneKey(keys, crowd);
            wakeTheRestBut(keys, crowd, 50);
        }
        keys.awaitWatchers(0);
        assertEquals(201, keys.put("/idle/after", "value=1").status());
    }

    private static void wakeOneKey(final Keys keys, final WatchCrowd crowd) throws IOException {
        final long index = keys.indexOfPut(key(17), "value=new");
        final List<WatchCrowd.Waiting> woken = crowd.awaitAnswers(PER_KEY);
        for (final WatchCrowd.Waiting waiting : woken) {
            assertEquals(key(17), waiting.key());
            assertTrue(waiting.body().contains("\"modifiedIndex\":" + index), waiting::body);
        }
        keys.awaitWatchers(WATCHERS - PER_KEY);
    }

    /** What each is sent now is all it was ever sent: nobody was woken for another's key. */
    private static void wakeTheRestBut(final Keys keys, final WatchCrowd crowd, final int sleeping)
            throws IOException {
        final long[] indexes = new long[KEYS];
        int count = 0;
        for (int i = 0; i < KEYS; i++) {
            if (i != 17 && i != sleeping) {
                indexes[i] = keys.indexOfPut(key(i), "value=newer");
                count += PER_KEY;
            }
        }
        crowd.awaitAnswers(count);
        for (int i = 0; i < WATCHERS; i++) {
            final WatchCrowd.Waiting waiting = crowd.all().get(i);
            final int number = i % KEYS;
            if (number == sleeping) {
                assertEquals("", waiting.body());
            } else if (number != 17) {
                final String body = waiting.body();
                assertTrue(body.contains("\"modifiedIndex\":" + indexes[number]), body);
                assertEquals(body.indexOf("\"action\""), body.lastIndexOf("\"action\""), body);
            }
        }
        keys.awaitWatchers(PER_KEY);
    }

    private static String key(final int number) {
        return "/idle/" + number;
    }
}
