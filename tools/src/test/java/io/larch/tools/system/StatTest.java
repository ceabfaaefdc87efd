package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.stats.CounterFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The counters of a real process, seen from another one. */
@Tag("slow")
class StatTest {
    @RegisterExtension final Servers servers = new Servers();

    private static long sum(final Path file, final String end) throws IOException {
        return CounterFile.read(file).counters().stream()
                .filter(counter -> counter.name().endsWith(end))
                .mapToLong(CounterFile.Counter::value)
                .sum();
    }

    private static void await(final Path file, final String end, final LongPredicate condition)
            throws IOException {
        while (!condition.test(sum(file, end))) {
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldShowWhatAMemberCountsUntilItsEnd() throws IOException {
        final ServerProcess server = servers.larch().start();
        final Keys keys = new Keys(server);
        for (int i = 0; i < 20; i++) {
            keys.put("/s/" + i, "value=1");
        }
        final Path file = server.dataDirectory().resolve("member").resolve(CounterFile.NAME);
        server.awaitReady();
        while (!Files.exists(file)) {
            Thread.onSpinWait();
        }
        await(file, "store.sets_success", value -> value == 20);
        await(file, ".received.PUT", value -> value == 20);
        await(file, "engine.is_leader", value -> value == 1);
        assertEquals(server.pid(), CounterFile.read(file).pid());
        assertFalse(CounterFile.read(file).isStopped());

        server.terminate();
        final CounterFile.Picture last = CounterFile.read(file);
        assertTrue(last.isStopped());
        assertTrue(sum(file, "engine.applied_index") > 20);

        server.start();
        await(file, "engine.is_leader", value -> value == 1);
        assertTrue(CounterFile.read(file).startMs() > last.startMs());
        server.kill();
        assertFalse(CounterFile.read(file).isStopped());
    }
}
