package io.larch.engine.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.raft.SequenceWindow;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.agrona.ExpandableArrayBuffer;
import org.junit.jupiter.api.Test;

class CommandDeduplicatorTest {
    private final CommandDeduplicator commands = new CommandDeduplicator();

    @Test
    void shouldTakeEachCommandOnceInAnyOrder() {
        commands.add(1);
        final SplittableRandom random = new SplittableRandom(5);
        final Set<Long> taken = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            final long sequence = 1 + i / 2 + random.nextInt(SequenceWindow.LENGTH / 4);
            assertEquals(taken.add(sequence), commands.take(1, 7, sequence));
            assertTrue(commands.isDone(1, 7, sequence));
        }
    }

    @Test
    void shouldTakeWhatIsTooOldForDone() {
        commands.add(1);
        assertTrue(commands.take(1, 7, 1 + SequenceWindow.LENGTH));

        assertFalse(commands.take(1, 7, 1));
        assertTrue(commands.take(1, 7, 2));
        assertTrue(commands.take(1, 7, 10L * SequenceWindow.LENGTH));
        assertFalse(commands.take(1, 7, 3));
        assertFalse(commands.isDone(1, 7, 10L * SequenceWindow.LENGTH - 1));
    }

    @Test
    void shouldForgetTheLifeBeforeAndRefuseWhatIsLeftOfIt() {
        commands.add(1);
        assertTrue(commands.take(1, 7, 1));
        assertTrue(commands.take(1, 8, 1));

        assertFalse(commands.take(1, 7, 2));
        assertFalse(commands.take(1, 8, 1));
    }

    @Test
    void shouldTakeNothingOfThoseWhoAreNoMembers() {
        assertFalse(commands.take(1, 7, 1));
        commands.add(1);
        assertTrue(commands.take(1, 7, 1));
        commands.add(1);
        assertFalse(commands.take(1, 7, 1), "a promotion must not forget what was done");
        commands.remove(1);
        assertFalse(commands.take(1, 7, 2));
    }

    @Test
    void shouldGoOnFromItsEncodedForm() {
        commands.add(-1);
        commands.add(1);
        commands.take(-1, 7, 100);
        commands.take(1, 9, 3);
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        final int length = commands.encode(buffer, 4);

        final CommandDeduplicator decoded = new CommandDeduplicator();
        decoded.add(55);
        decoded.decode(buffer, 4, length);

        assertFalse(decoded.take(-1, 7, 100));
        assertTrue(decoded.take(-1, 7, 99));
        assertFalse(decoded.take(1, 9, 3));
        assertTrue(decoded.take(1, 9, 4));
        assertFalse(decoded.take(55, 1, 1));
        final int badLength = length - 1;
        assertThrows(IllegalArgumentException.class, () -> decoded.decode(buffer, 4, badLength));
    }

    @Test
    void shouldEncodeTheSameWhateverTheOrderOfMembers() {
        final CommandDeduplicator other = new CommandDeduplicator();
        for (long id = 1; id <= 9; id++) {
            commands.add(id * 0x9E3779B97F4A7C15L);
            other.add((10 - id) * 0x9E3779B97F4A7C15L);
        }
        final ExpandableArrayBuffer one = new ExpandableArrayBuffer();
        final ExpandableArrayBuffer two = new ExpandableArrayBuffer();

        assertEquals(commands.encode(one, 0), other.encode(two, 0));
        assertEquals(one, two);
    }
}
