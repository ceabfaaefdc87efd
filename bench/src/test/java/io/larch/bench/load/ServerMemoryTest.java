package io.larch.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ServerMemoryTest {
    @Test
    void shouldSayWhatEachOfThoseThatWereAddedTakes() {
        final String text =
                new ServerMemory(3072, 2048, 1024).growthSince(new ServerMemory(1024, 1024, 0), 8);

        assertEquals(
                "resident: 2.0 MB, 262144 B each\nJava heap: 1.0 MB, 131072 B each\nnative: 1.0 MB",
                text);
    }

    @Test
    void shouldSeeTheMemoryOfAJavaMachine() throws IOException {
        final ServerMemory memory = ServerMemory.afterCollection(ProcessHandle.current().pid());

        assertTrue(memory.heapKib() > 0, memory::toString);
        assertTrue(memory.residentKib() > memory.heapKib(), memory::toString);
    }
}
