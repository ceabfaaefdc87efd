package io.larch.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ServerDiskTest {
    @Test
    void shouldReadWhatWasWrittenAndNotWhatWasTakenBack() {
        assertEquals(
                8192,
                ServerDisk.written(
                        "wchar: 5\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 1\n"));
    }

    @Test
    void shouldNotTakeNothingForZero() {
        assertThrows(IllegalArgumentException.class, () -> ServerDisk.written("wchar: 5\n"));
    }
}
