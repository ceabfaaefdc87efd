package io.larch.http.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SlowReadersTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int LIMIT = 1_000_000;

    private final OutputBudget budget = new OutputBudget(LIMIT);
    private final SlowReaders readers = new SlowReaders(budget, 30 * SECOND, false);
    private final List<Reader> all = new ArrayList<>();

    /** A client; what is written and not flushed here is what it has not taken. */
    private final class Reader {
        private final EmbeddedChannel channel = new EmbeddedChannel();
        private final ReaderLag lag = new ReaderLag(channel);
        private final SlowReaders readers;

        Reader() {
            this(SlowReadersTest.this.readers);
        }

        Reader(final SlowReaders readers) {
            this.readers = readers;
            all.add(this);
        }

        void send(final int bytes, final long nowNanos) {
            channel.write(Unpooled.wrappedBuffer(new byte[bytes]));
            lag.wrote(bytes);
            readers.flushed(lag, nowNanos);
        }

        void takeAll() {
            channel.flush();
        }

        boolean isOpen() {
            return channel.isOpen();
        }
    }

    @AfterEach
    void close() {
        for (final Reader reader : all) {
            reader.readers.closed(reader.lag);
            reader.channel.finishAndReleaseAll();
        }
        assertEquals(0, budget.usedBytes());
        assertTrue(readers.isEmpty());
    }

    @Test
    void shouldCountWhatClientsHaveNotTaken() {
        final Reader reader = new Reader();
        reader.send(1_000, 0);
        final long used = budget.usedBytes();
        assertTrue(used >= 1_000);

        reader.takeAll();
        readers.check(false, SECOND);

        assertEquals(0, budget.usedBytes());
        assertTrue(readers.isEmpty());
        assertTrue(reader.isOpen());
    }

    @Test
    void shouldCutOffAClientThatTakesNothingForTheTimeout() {
        final Reader reader = new Reader();
        reader.send(1_000, 0);
        readers.check(false, 30 * SECOND);
        assertTrue(reader.isOpen());

        readers.check(false, 30 * SECOND + 1);

        assertFalse(reader.isOpen());
        assertEquals(1, budget.cutClients());
    }

    @Test
    void shouldWaitForAClientThatTakesALittleNowAndThen() {
        final Reader reader = new Reader();
        for (int i = 0; i < 10; i++) {
            reader.send(1_000, i * 20 * SECOND);
            reader.takeAll();
            reader.send(1_000, i * 20 * SECOND);
            readers.check(false, i * 20 * SECOND);
        }
        assertTrue(reader.isOpen());
        assertEquals(0, budget.cutClients());
    }

    @Test
    void shouldHaveLessPatienceWhileOthersWaitForMemory() {
        final Reader reader = new Reader();
        reader.send(1_000, 0);
        readers.check(true, SECOND / 2);
        assertTrue(reader.isOpen());

        readers.check(true, 2 * SECOND);

        assertFalse(reader.isOpen());
    }

    @Test
    void shouldMakeRoomByTheClientThatHasTakenNothingForTheLongestTime() {
        final Reader second = new Reader();
        final Reader first = new Reader();
        final Reader third = new Reader();
        first.send(400_000, 1);
        second.send(400_000, 2);
        third.send(400_000, 3);
        assertTrue(budget.isExceeded());

        readers.relieve(4);

        assertFalse(first.isOpen());
        assertTrue(second.isOpen());
        assertTrue(third.isOpen());
        assertFalse(budget.isExceeded());
    }

    @Test
    void shouldKeepWhoHasTakenAllSinceAnybodyLooked() {
        final Reader quick = new Reader();
        final Reader silent = new Reader();
        quick.send(600_000, 1);
        quick.takeAll();
        silent.send(600_000, 2);

        readers.relieve(3);

        assertTrue(quick.isOpen());
        assertTrue(silent.isOpen());
        assertFalse(budget.isExceeded());
    }

    /** Where a flush is a request to the system, what waits behind it is nobody's fault. */
    @Test
    void shouldKeepWhomTheSystemWasNotAskedToServeYet() {
        final SlowReaders later = new SlowReaders(budget, 30 * SECOND, true);
        final Reader silent = new Reader(later);
        silent.send(600_000, 1);
        later.check(false, 2);
        later.check(false, 3);
        final Reader quick = new Reader(later);
        quick.send(600_000, 4);
        later.relieve(5);
        assertFalse(silent.isOpen());
        final Reader next = new Reader(later);
        next.send(600_000, 6);

        later.relieve(7);

        assertTrue(quick.isOpen());
        assertTrue(next.isOpen());
        quick.takeAll();
        later.check(false, 8);
        assertFalse(budget.isExceeded());
        assertTrue(next.isOpen());
    }

    /** Nobody of them is silent, and what waits for all is bounded all the same. */
    @Test
    void shouldMakeRoomAmongThoseWhoTakeALittleNowAndThen() {
        final SlowReaders later = new SlowReaders(budget, 30 * SECOND, true);
        final Reader first = new Reader(later);
        final Reader second = new Reader(later);
        for (int i = 0; i < 2; i++) {
            for (final Reader reader : all) {
                reader.takeAll();
                reader.send(600_000, 10 * i);
            }
            later.relieve(10 * i + 1);
            assertTrue(first.isOpen() && second.isOpen());
            later.check(false, 10 * i + 2);
        }

        assertFalse(budget.isExceeded());
        assertTrue(first.isOpen() != second.isOpen());
    }

    @Test
    void shouldMakeRoomForWhatCannotWaitByAnybody() {
        final SlowReaders later = new SlowReaders(budget, 30 * SECOND, true);
        final Reader first = new Reader(later);
        final Reader second = new Reader(later);
        first.send(600_000, 1);
        second.send(600_000, 2);
        later.relieve(3);
        assertTrue(first.isOpen());

        later.makeRoom(3);

        assertFalse(first.isOpen());
        assertTrue(second.isOpen());
    }

    /** What a connection holds beside is given back a moment after it was cut. */
    @Test
    void shouldNotCutOffMoreThanItTakes() {
        final Reader first = new Reader();
        final Reader second = new Reader();
        for (final Reader reader : all) {
            budget.take(LIMIT / 2);
            reader.lag.held(LIMIT / 2);
            reader.send(1_000, 0);
        }

        readers.relieve(SECOND);

        assertEquals(1, budget.cutClients());
        assertTrue(first.isOpen() != second.isOpen());
        budget.give(LIMIT);
    }
}
