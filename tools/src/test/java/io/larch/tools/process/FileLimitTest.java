package io.larch.tools.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class FileLimitTest {
    @Test
    void shouldReadTheLimitOfOpenFiles() {
        assertEquals(
                1024,
                FileLimit.parse(
                        List.of(
                                "Max processes             1                    2          processes",
                                "Max open files            1024                 1048576    files")));
        assertEquals(
                Integer.MAX_VALUE,
                FileLimit.parse(List.of("Max open files            unlimited  unlimited  files")));
        assertThrows(StartupException.class, () -> FileLimit.check(150));
        FileLimit.check(151);
    }

    @Test
    void shouldKeepFilesForTheMember() {
        assertEquals(1024 - 150, FileLimit.forClients(1024, 40));
        assertEquals(1024 - 300, FileLimit.forClients(1024, 200));
        assertEquals(1, FileLimit.forClients(151, 60));
        assertEquals(Integer.MAX_VALUE, FileLimit.forClients(Integer.MAX_VALUE, 60));
    }
}
