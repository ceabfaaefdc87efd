package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a crash can leave at the end of the log is cut off; what it cannot is not started from. */
@Tag("slow")
@Tag("fused-only")
class DamagedLogTest {
    private static final int WRITES = 200;
    private static final Pattern CORRUPT =
            Pattern.compile("C \\| larchd: .*corrupt: (\\S+) at offset (\\d+)");

    @RegisterExtension final Servers servers = new Servers();

    private ServerProcess server;
    private Keys keys;
    private Path segment;

    private void writeAndKill() throws IOException {
        server = servers.larch().start();
        keys = new Keys(server);
        for (int i = 0; i < WRITES; i++) {
            assertEquals(201, keys.put("/d/" + i, "value=" + valueOf(i)).status());
        }
        server.kill();
        try (Stream<Path> files = Files.list(server.dataDirectory().resolve("member/wal"))) {
            segment =
                    files.filter(path -> path.toString().endsWith(".wal"))
                            .findFirst()
                            .orElseThrow();
        }
    }

    private static String valueOf(final int number) {
        return "value-of-" + number + "-";
    }

    private int offsetOf(final String text) throws IOException {
        final String bytes = new String(Files.readAllBytes(segment), StandardCharsets.ISO_8859_1);
        final int offset = bytes.indexOf(text);
        assertTrue(offset > 0, text);
        return offset;
    }

    private void flip(final int offset) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(offset);
            final int b = file.read();
            file.seek(offset);
            file.write(b ^ 0x10);
        }
    }

    @Test
    void shouldRefuseToStartWhenTheMiddleOfTheLogIsDamaged() throws IOException {
        writeAndKill();
        final int damaged = offsetOf(valueOf(WRITES / 2));
        flip(damaged);
        final byte[] before = Files.readAllBytes(segment);

        server.launch();

        assertEquals(1, server.exitStatus());
        final Matcher corrupt = CORRUPT.matcher(server.log());
        assertTrue(corrupt.find(), server.log());
        assertEquals(segment.getFileName().toString(), corrupt.group(1));
        final int told = Integer.parseInt(corrupt.group(2));
        assertTrue(told <= damaged && damaged < told + 512, told + " for " + damaged);
        assertArrayEquals(before, Files.readAllBytes(segment));
    }

    @Test
    void shouldStartAgainOnceTheDamageIsUndone() throws IOException {
        writeAndKill();
        final int damaged = offsetOf(valueOf(3));
        flip(damaged);
        server.launch();
        assertEquals(1, server.exitStatus());

        flip(damaged);
        server.start();

        for (int i = 0; i < WRITES; i++) {
            assertEquals(200, keys.get("/d/" + i).status());
        }
    }

    @Test
    void shouldRefuseToStartWhenTheHeadOfTheLogIsDamaged() throws IOException {
        writeAndKill();
        flip(40);

        server.launch();

        assertEquals(1, server.exitStatus());
        assertTrue(server.log().contains(segment.getFileName() + " at offset 0"), server::log);
    }

    @Test
    void shouldStartWhenTheEndOfTheLogIsTorn() throws IOException {
        writeAndKill();
        // The disk never got what was behind the first bytes of the last value.
        final int torn = offsetOf(valueOf(WRITES - 1)) + 4;
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.setLength(torn);
        }

        server.start();

        assertTrue(server.log().contains("cut off the torn end of"), server::log);
        for (int i = 0; i < WRITES - 1; i++) {
            assertTrue(keys.get("/d/" + i).text().contains(valueOf(i)));
        }
        assertEquals(404, keys.get("/d/" + (WRITES - 1)).status());
        assertEquals(201, keys.put("/d/new", "value=1").status());
        server.kill();
        server.start();
        assertEquals(200, keys.get("/d/new").status());
        assertEquals(404, keys.get("/d/" + (WRITES - 1)).status());
    }
}
