package io.larch.tools.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class SystemdNotifierTest {
    @RegisterExtension final NotifySocket socket = new NotifySocket();

    @Test
    void shouldSayToTheSocketThatItIsReady() throws Exception {
        new SystemdNotifier(socket.path()).ready();

        assertEquals("READY=1", socket.next());
    }

    @Test
    void shouldSayItInTheAbstractNamespace() throws Exception {
        final String name = "larch-test-" + ProcessHandle.current().pid();
        socket.listen("\0" + name);

        new SystemdNotifier("@" + name).ready();

        assertEquals("READY=1", socket.next());
    }

    @Test
    void shouldSayThatItStops() throws Exception {
        new SystemdNotifier(socket.path()).stopping();

        assertEquals("STOPPING=1", socket.next());
    }

    @Test
    void shouldGoOnWhenNobodyListens(@TempDir final Path directory) {
        new SystemdNotifier(directory.resolve("none").toString()).ready();
        new SystemdNotifier(directory.resolve("none").toString()).stopping();
        new SystemdNotifier(null).ready();
        new SystemdNotifier("").ready();
    }
}
