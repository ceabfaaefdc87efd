package io.larch.http.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FairQueueTest {
    private final FairQueue<String> queue = new FairQueue<>(3, 5);

    @Test
    void shouldGiveEachClientItsTurn() {
        queue.offer("a", "a1");
        queue.offer("a", "a2");
        queue.offer("a", "a3");
        queue.offer("b", "b1");
        assertEquals("a1", queue.poll(0));
        queue.offer("c", "c1");
        assertEquals("b1", queue.poll(0));
        assertEquals("a2", queue.poll(0));
        assertEquals("c1", queue.poll(0));
        assertEquals("a3", queue.poll(0));
        assertNull(queue.poll(0));
        assertEquals(0, queue.size());
    }

    @Test
    void shouldHaveABoundForEachAndOneForAll() {
        assertTrue(queue.offer("a", "a1"));
        assertTrue(queue.offer("a", "a2"));
        assertTrue(queue.offer("a", "a3"));
        assertFalse(queue.offer("a", "a4"));
        assertTrue(queue.offer("b", "b1"));
        assertTrue(queue.offer("c", "c1"));
        assertFalse(queue.offer("d", "d1"));
        assertEquals(5, queue.size());
        queue.poll(0);
        assertTrue(queue.offer("d", "d1"));
    }

    @Test
    void shouldLetOthersGoOnWhileOneRests() {
        queue.offer("a", "a1");
        queue.offer("a", "a2");
        queue.offer("b", "b1");
        assertEquals("a1", queue.poll(100));
        queue.rest("a", 400);
        assertEquals("b1", queue.poll(100));
        assertNull(queue.poll(100));
        assertEquals(300, queue.waitNanos(100, 1000));
        assertNull(queue.poll(399));
        assertEquals("a2", queue.poll(400));
    }

    /** Who comes again while he rests has to wait, though nothing of his was there. */
    @Test
    void shouldKnowWhoRestsWithoutAnythingToDo() {
        queue.offer("a", "a1");
        queue.poll(0);
        queue.rest("a", 50);
        queue.offer("a", "a2");
        assertNull(queue.poll(49));
        assertEquals("a2", queue.poll(50));
        assertNull(queue.poll(60));
    }

    @Test
    void shouldForgetWhoHasRestedAndWantsNothing() {
        for (int i = 0; i < 20; i++) {
            queue.rest("client " + i, 10);
        }
        assertNull(queue.poll(5));
        assertNull(queue.poll(10));
        assertEquals(1000, queue.waitNanos(10, 1000));
        assertTrue(queue.offer("client 1", "w"));
        assertEquals("w", queue.poll(10));
    }
}
