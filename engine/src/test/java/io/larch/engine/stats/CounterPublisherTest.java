package io.larch.engine.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.engine.stats.CounterFile.BadFileException;
import io.larch.engine.stats.CounterFile.Counter;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.agrona.concurrent.status.AtomicCounter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CounterPublisherTest {
    @TempDir Path directory;
    private final MemberCounters counters = new MemberCounters();
    private long nowMs = 1_000;
    private Path file;

    @BeforeEach
    void nameFile() {
        file = directory.resolve(CounterFile.NAME);
    }

    private CounterPublisher publisher() {
        return new CounterPublisher(file, counters, 0xabc, -1, () -> nowMs);
    }

    private AtomicCounter counter(final String label) {
        return counters.manager().newCounter(label);
    }

    @Test
    void shouldShowWhatIsCounted() throws IOException {
        final AtomicCounter bytes = counter("edge.0.bytes [bytes]");
        counter("bare");
        final CounterPublisher publisher = publisher();
        bytes.getAndAddRelease(7);
        nowMs = 2_000;
        publisher.publish(false);

        final CounterFile.Picture picture = CounterFile.read(file);
        assertEquals(
                List.of(new Counter("edge.0.bytes", "bytes", 7), new Counter("bare", "", 0)),
                picture.counters());
        assertEquals(ProcessHandle.current().pid(), picture.pid());
        assertEquals(1_000, picture.startMs());
        assertEquals(2_000, picture.publishedMs());
        assertEquals(0xabc, picture.memberId());
        assertEquals(-1, picture.clusterId());
        assertFalse(picture.isStopped());
    }

    @Test
    void shouldShowWhatHasChangedSince() throws IOException {
        final AtomicCounter[] many = new AtomicCounter[100];
        for (int i = 0; i < many.length; i++) {
            many[i] = counter("c" + i + " [times]");
        }
        final CounterPublisher publisher = publisher();
        publisher.publish(false);
        many[3].incrementRelease();
        many[99].setRelease(Long.MAX_VALUE);
        counter("later").setRelease(5);
        publisher.publish(true);

        final CounterFile.Picture picture = CounterFile.read(file);
        assertEquals(101, picture.counters().size());
        assertEquals(1, picture.counters().get(3).value());
        assertEquals(0, picture.counters().get(4).value());
        assertEquals(Long.MAX_VALUE, picture.counters().get(99).value());
        assertEquals(new Counter("later", "", 5), picture.counters().get(100));
        assertTrue(picture.isStopped());
    }

    @Test
    void shouldShowAsManyCountersAsThereMayBe() throws IOException {
        for (int i = 0; i < MemberCounters.CAPACITY; i++) {
            counter("c" + i).setRelease(i);
        }
        publisher().publish(false);

        final List<Counter> shown = CounterFile.read(file).counters();
        assertEquals(MemberCounters.CAPACITY, shown.size());
        assertEquals(new Counter("c2047", "", 2047), shown.get(2047));
    }

    @Test
    void shouldTakeThePlaceOfAnEarlierFile() throws IOException {
        Files.writeString(file, "something else");
        counter("c");
        publisher().publish(false);

        assertEquals(1, CounterFile.read(file).counters().size());
    }

    /** The file of a member that cannot write is tried again, and the last values are there. */
    @Test
    void shouldGoOnWithoutAFileAndWriteItWhenItCan() throws Exception {
        final Path missing = directory.resolve("missing");
        file = missing.resolve(CounterFile.NAME);
        final AtomicCounter counter = counter("c");
        final CounterPublisher publisher = publisher().start();
        counter.incrementRelease();
        assertThrows(NoSuchFileException.class, () -> CounterFile.read(file));
        Files.createDirectory(missing);
        publisher.close();

        assertEquals(1, CounterFile.read(file).counters().get(0).value());
        assertTrue(CounterFile.read(file).isStopped());
    }

    @Test
    void shouldGoOnWhereTheDiskIsFull() throws Exception {
        final Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full));
        Files.createSymbolicLink(directory.resolve(CounterFile.NAME + ".tmp"), full);
        final CounterPublisher publisher = publisher();
        assertThrows(IOException.class, () -> publisher.publish(false));
        publisher.start();
        publisher.close();

        assertThrows(NoSuchFileException.class, () -> CounterFile.read(file));
    }

    @Test
    void shouldTellFilesThatAreNoneOfItsOwn() throws IOException {
        assertThrows(NoSuchFileException.class, () -> CounterFile.read(file));

        Files.writeString(file, "x".repeat(CounterFile.LENGTH));
        assertTrue(refusal().endsWith("is not a file of counters"), refusal());
        Files.writeString(file, "");
        assertTrue(refusal().endsWith("is not a file of counters"), refusal());

        counter("c");
        publisher().publish(false);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(CounterFile.LENGTH - 1);
        }
        assertTrue(refusal().contains("is cut: it has "), refusal());

        final byte[] bytes = Files.readAllBytes(file);
        bytes[CounterFile.VERSION_OFFSET] = 9;
        Files.write(file, bytes);
        assertTrue(refusal().endsWith("is of version 9, and this program reads 1"), refusal());
    }

    private String refusal() {
        return assertThrows(BadFileException.class, () -> CounterFile.read(file)).getMessage();
    }

    @Test
    void shouldTellDamagedLabels() throws IOException {
        counter("c");
        publisher().publish(false);
        final byte[] bytes = Files.readAllBytes(file);
        final int lengthAt =
                CounterFile.METADATA_OFFSET
                        + org.agrona.concurrent.status.CountersReader.LABEL_OFFSET;
        bytes[lengthAt + 3] = 0x7f;
        Files.write(file, bytes);

        assertTrue(refusal().startsWith("a counter's label is damaged"), refusal());
    }
}
