package io.larch.tools.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SystemdWatchdogTest {
    private static final String ALIVE = "WATCHDOG=1";

    @RegisterExtension final NotifySocket socket = new NotifySocket();

    /** Handed to the watchdog one by one; it waits for the next. */
    private final BlockingQueue<CompletableFuture<Void>> pulses = new ArrayBlockingQueue<>(10);

    private final BlockingQueue<CompletableFuture<Void>> asked = new LinkedBlockingQueue<>();

    private CompletableFuture<Void> pulse() {
        try {
            final CompletableFuture<Void> next = pulses.take();
            asked.add(next);
            return next;
        } catch (final InterruptedException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private boolean start(final Map<String, String> environment) {
        return SystemdWatchdog.start(environment, new SystemdNotifier(socket.path()), this::pulse);
    }

    @Test
    void shouldTellOfEachSignOfLifeAndOfNothingElse() throws Exception {
        assertTrue(start(Map.of("WATCHDOG_USEC", "30000")));
        pulses.add(CompletableFuture.completedFuture(null));
        assertEquals(ALIVE, socket.next());

        final CompletableFuture<Void> late = new CompletableFuture<>();
        pulses.add(late);
        asked.take();
        asked.take();
        // As long as it does not come, whatever the time, nothing is told.
        assertNull(socket.nextWithin(100, TimeUnit.MILLISECONDS));
        late.complete(null);
        assertEquals(ALIVE, socket.next());
    }

    @Test
    void shouldWaitForTheFirstSignOfLifeAsLongAsItTakes() throws Exception {
        final String own = Long.toString(ProcessHandle.current().pid());
        assertTrue(start(Map.of("WATCHDOG_USEC", "30000", "WATCHDOG_PID", own)));
        final CompletableFuture<Void> first = new CompletableFuture<>();
        pulses.add(first);

        assertEquals(ALIVE, socket.next());
        assertEquals(ALIVE, socket.next());
        first.completeExceptionally(new IllegalStateException("ended"));
    }

    @Test
    void shouldAskNobodyWhenSystemdDoesNotWantToKnow() {
        assertFalse(start(Map.of()));
        assertFalse(start(Map.of("WATCHDOG_USEC", "0")));
        assertFalse(start(Map.of("WATCHDOG_USEC", "-30000")));
        assertFalse(start(Map.of("WATCHDOG_USEC", "soon")));
        assertFalse(start(Map.of("WATCHDOG_USEC", "30000", "WATCHDOG_PID", "1")));
    }
}
