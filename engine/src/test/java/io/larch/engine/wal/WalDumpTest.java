package io.larch.engine.wal;

import static io.larch.engine.wal.WriteAheadLogTest.append;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalDumpTest {
    @TempDir Path directory;

    private Path segment;

    @BeforeEach
    void writeOneOfEach() {
        final WalContext context =
                new WalContext()
                        .directory(directory)
                        .segmentLengthBytes(4096)
                        .firstSegmentLengthBytes(4096)
                        .ownThreads(false);
        try (WriteAheadLog log = WriteAheadLog.open(context)) {
            log.memberMeta(0xabc, 0x123, new UnsafeBuffer(new byte[3]), 0, 3);
            log.saveHardState(2, 0x123, 0);
            append(log, 2, "body");
            append(log, 2, "more");
            log.truncateFrom(2);
            log.compact(1);
            log.resetTo(9, 4);
        }
        segment = directory.resolve("0000000000000001-0000000000000001.wal");
    }

    @Test
    void shouldPrintOneRecordALine() {
        final StringBuilder out = new StringBuilder();
        assertTrue(WalDump.dump(segment, WalDump::printHex, out));
        assertEquals(
                """
                0000000000000001-0000000000000001.wal: 4096 bytes
                       0 position=0 segment sequence=1 version=2 length=4096 nextIndex=1 termBefore=0
                      64 position=64 meta cluster=abc member=123 length=3
                     112 position=112 hardState term=2 vote=123 commit=0
                     160 position=160 entry index=1 term=2 kind=1 length=4 626f6479
                     208 position=208 entry index=2 term=2 kind=1 length=4 6d6f7265
                     256 position=256 truncate index=2 term=2
                     296 position=296 compact index=1 term=2
                     336 position=336 reset index=9 term=4
                     376 end
                """,
                out.toString());
    }

    @Test
    void shouldSayWhereAndWhyASegmentEnds() throws IOException {
        final byte[] content = Files.readAllBytes(segment);
        content[200] ^= 1;
        Files.write(segment, content);
        final StringBuilder out = new StringBuilder();
        assertFalse(WalDump.dump(segment, WalDump::printHex, out));
        assertTrue(
                out.toString().endsWith("     160 end: checksum does not match\n"), out::toString);
    }
}
