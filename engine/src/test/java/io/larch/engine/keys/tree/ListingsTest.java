package io.larch.engine.keys.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.CommandEnvelope;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ListingsTest {
    private final KeyTree tree = new KeyTree(1000, 0);
    private final Listings listings = tree.listings();
    private final UnsafeBuffer source = new UnsafeBuffer(new byte[Listings.MAX_LISTING_BYTES + 1]);
    private final UnsafeBuffer target = new UnsafeBuffer(new byte[Listings.MAX_LISTING_BYTES + 1]);

    ListingsTest() {
        tree.createRoot();
    }

    @AfterEach
    void closeTree() {
        tree.close();
    }

    private int create(final String path) {
        final UnsafeBuffer bytes = new UnsafeBuffer(path.getBytes(StandardCharsets.US_ASCII));
        tree.walk(bytes, 0, path.length());
        return tree.create(
                bytes, 0, path.length(), true, bytes, 0, 0, 1, CommandEnvelope.PERMANENT);
    }

    private long remember(final int id, final int length) {
        listings.remember(id, false, source, 0, length);
        return listings.number();
    }

    private long copy(final int id) {
        listings.copy(id, false, target, 0, target.capacity());
        return listings.number();
    }

    @Test
    void shouldForgetTheLeastLatelyUsedBeyondTheirNumber() {
        final long first = remember(1, 10);
        final long second = remember(2, 10);
        for (int id = 3; id <= Listings.MAX_LISTINGS; id++) {
            remember(id, 10);
        }
        assertEquals(first, copy(1));

        remember(1000, 10);

        assertEquals(Listings.MAX_LISTINGS, listings.size());
        assertEquals(first, copy(1));
        assertEquals(0, copy(2));
        assertTrue(remember(2, 10) > second);
    }

    @Test
    void shouldHoldNoMoreBytesThanItsBound() {
        final Random random = new Random(1);
        int most = 0;
        for (int i = 0; i < 1000; i++) {
            final int length = 1 + random.nextInt(Listings.MAX_LISTING_BYTES);
            final int id = 1 + random.nextInt(100);
            assertEquals(i + 1, remember(id, length));
            assertEquals(i + 1, copy(id));
            most = Math.max(most, listings.bytes());
            assertTrue(most <= Listings.MAX_BYTES, most + " bytes");
        }
        assertTrue(most > Listings.MAX_BYTES - Listings.MAX_LISTING_BYTES, most + " bytes");
        for (int id = 1; id <= 100; id++) {
            listings.forget(id);
        }
        assertEquals(0, listings.size());
        assertEquals(0, listings.bytes());
    }

    @Test
    void shouldNotRememberWhatIsTooLong() {
        assertEquals(1, remember(1, Listings.MAX_LISTING_BYTES));
        assertEquals(0, remember(1, Listings.MAX_LISTING_BYTES + 1));
        assertEquals(0, copy(1));
        assertEquals(0, listings.size());
    }

    @Test
    void shouldForgetAllAboveEachTimeSomethingIsRememberedAgain() {
        final int child = create("/a/b/c");
        final NodeFlyweight node = new NodeFlyweight();
        for (int i = 1; i <= 3; i++) {
            listings.remember(KeyTree.ROOT, true, source, 0, 10);
            assertEquals(1, listings.size());
            tree.get(child, node);
            tree.setIndexes(child, node, i, i);
            assertEquals(0, listings.size());
        }
    }

    @Test
    void shouldFindAllAboveByTheNodesOfAPathThatHaveBeenLookedAt() {
        final int child = create("/a/b/c");
        final int other = create("/a/d");
        final NodeFlyweight node = new NodeFlyweight();
        remember(KeyTree.ROOT, 10);
        for (final int id : new int[] {child, other, child}) {
            tree.get(id, node);
            tree.setIndexes(id, node, 2, 2);
        }
        assertEquals(1, listings.size());
        listings.remember(KeyTree.ROOT, true, source, 0, 10);
        tree.get(other, node);
        tree.setIndexes(other, node, 3, 3);
        assertEquals(1, listings.size());
    }
}
