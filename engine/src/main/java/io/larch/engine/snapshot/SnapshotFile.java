package io.larch.engine.snapshot;

import io.larch.engine.application.StateSource;
import io.larch.engine.disk.Directory;
import io.larch.engine.disk.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A snapshot that was found whole. Its records are read once, in order. Owned by one thread, whose
 * calls wait for the disk.
 */
public final class SnapshotFile implements StateSource, AutoCloseable {
    private static final int MAX_CHUNK_LENGTH = 64 * 1024 * 1024;

    /** What a snapshot without sections holds. */
    private static final String PLAIN_SECTION = "keys";

    private static final int INITIAL_CHUNK_LENGTH = 64 * 1024;

    private final Path path;
    private final Content content;
    private final long length;
    private final SnapshotHeaderFlyweight header = new SnapshotHeaderFlyweight();
    private final SnapshotChunkFlyweight chunk = new SnapshotChunkFlyweight();
    private final UnsafeBuffer config = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
    private final CRC32C crc = new CRC32C();
    private ByteBuffer bytes = ByteBuffer.allocateDirect(INITIAL_CHUNK_LENGTH);
    private long position;
    private int previousCrc;
    private int recordsLeft;
    private int offset;
    private long recordCount;

    private String sectionName;
    private int sectionVersion;

    /** Of a section's head that was read and that {@link #nextSection} has not told yet. */
    private String nextName;

    private int nextVersion;

    private SnapshotFile(final Path path, final Content content) throws IOException {
        this.path = path;
        this.content = content;
        length = content.length();
        buffer.wrap(bytes);
        chunk.wrap(buffer);
    }

    /**
     * Opens a snapshot and reads it once to the end to see that it is whole.
     *
     * @throws SnapshotException when it is not.
     */
    public static SnapshotFile open(final Path path) {
        return open(
                path, () -> new ChannelContent(FileChannel.open(path, StandardOpenOption.READ)));
    }

    /** Whether a file can be read to its end and is as it was written. */
    public static boolean isWhole(final Path path) {
        try {
            open(path).close();
            return true;
        } catch (final SnapshotException e) {
            return false;
        }
    }

    /**
     * Opens the snapshot of an index and its term as {@link #open(Path)} does.
     *
     * @throws SnapshotException when it is not there or not whole.
     */
    public static SnapshotFile open(
            final SnapshotContext context, final long lastTerm, final long lastIndex) {
        return open(context, SnapshotNames.of(lastTerm, lastIndex));
    }

    /**
     * Opens a snapshot of the directory as {@link #open(Path)} does.
     *
     * @param name of a file in it.
     */
    static SnapshotFile open(final SnapshotContext context, final String name) {
        final Directory files = context.files();
        return open(context.directory().resolve(name), () -> new StoredContent(files.open(name)));
    }

    private static SnapshotFile open(final Path path, final Opener opener) {
        Content content = null;
        try {
            content = opener.open();
            final SnapshotFile file = new SnapshotFile(path, content);
            file.check();
            return file;
        } catch (final IOException | RuntimeException e) {
            closeQuietly(content);
            if (e instanceof SnapshotException) {
                throw (SnapshotException) e;
            }
            throw new SnapshotException("could not read " + path + ": " + e, e);
        }
    }

    public Path path() {
        return path;
    }

    public long clusterId() {
        return header.clusterId();
    }

    public long lastIndex() {
        return header.lastIndex();
    }

    public long lastTerm() {
        return header.lastTerm();
    }

    /** Whether it has sections with names; else all is the keys', as older builds wrote it. */
    boolean isSectioned() {
        return header.version() == SnapshotHeaderFlyweight.SECTIONED;
    }

    /** The configuration given when it was taken; valid until close. */
    public DirectBuffer config() {
        return config;
    }

    public long recordCount() {
        return recordCount;
    }

    /** Bytes of the whole file, for sending it to another member. */
    public long length() {
        return length;
    }

    /**
     * Reads raw bytes of the file, for sending it to another member.
     *
     * @return bytes read; -1 at the end.
     */
    public int readBytes(final long position, final ByteBuffer target) {
        try {
            return content.read(target, position);
        } catch (final IOException e) {
            throw new SnapshotException("could not read " + path + ": " + e, e);
        }
    }

    /**
     * Goes to the next section; what is left of the one before is passed over. {@link #next} then
     * gives its records.
     *
     * @return false when there are no more.
     */
    public boolean nextSection() {
        while (nextName == null) {
            recordsLeft = 0;
            if (readChunk() == SnapshotChunkFlyweight.TRAILER) {
                return false;
            }
        }
        sectionName = nextName;
        sectionVersion = nextVersion;
        nextName = null;
        return true;
    }

    /** Name of the section that {@link #nextSection} went to. */
    public String sectionName() {
        return sectionName;
    }

    public int sectionVersion() {
        return sectionVersion;
    }

    /** {@inheritDoc} No more of the section. */
    @Override
    public boolean next(final RecordConsumer consumer) {
        while (recordsLeft == 0) {
            if (nextName != null || readChunk() < 0) {
                return false;
            }
        }
        final int recordLength = chunk.recordLength(offset);
        offset += SnapshotChunkFlyweight.RECORD_HEADER_LENGTH;
        if (recordLength < 0 || recordLength > buffer.capacity() - offset) {
            throw damaged("length of a record is " + recordLength);
        }
        consumer.onRecord(buffer, offset, recordLength);
        offset += recordLength;
        recordsLeft--;
        return true;
    }

    @Override
    public void close() {
        closeQuietly(content);
    }

    private void check() throws IOException {
        readHeader();
        int kind = readChunk();
        while (kind != SnapshotChunkFlyweight.TRAILER) {
            if (kind != SnapshotChunkFlyweight.SECTION) {
                if (nextName == null) {
                    throw damaged("records are in front of the first section");
                }
                recordCount += recordsLeft;
                checkRecords();
            }
            kind = readChunk();
        }
        if (recordCount != chunk.trailerRecords()) {
            throw damaged("it has " + recordCount + " records of " + chunk.trailerRecords());
        }
        rewind();
    }

    private void checkRecords() {
        final int end = SnapshotChunkFlyweight.HEADER_LENGTH + chunk.length();
        while (recordsLeft > 0) {
            final int recordLength =
                    end - offset < SnapshotChunkFlyweight.RECORD_HEADER_LENGTH
                            ? -1
                            : chunk.recordLength(offset);
            offset += SnapshotChunkFlyweight.RECORD_HEADER_LENGTH;
            if (recordLength < 0 || recordLength > end - offset) {
                throw damaged("length of a record is " + recordLength);
            }
            offset += recordLength;
            recordsLeft--;
        }
        if (offset != end) {
            throw damaged("a chunk holds more than its records");
        }
    }

    private void readHeader() throws IOException {
        final ByteBuffer fixed = ByteBuffer.allocateDirect(SnapshotHeaderFlyweight.CONFIG_OFFSET);
        readFully(fixed, 0);
        header.wrap(new UnsafeBuffer(fixed));
        final int configLength = header.configLength();
        if (header.magic() != SnapshotHeaderFlyweight.MAGIC
                || configLength < 0
                || configLength > SnapshotHeaderFlyweight.MAX_CONFIG_LENGTH
                || header.headerLength() != SnapshotHeaderFlyweight.encodedLength(configLength)) {
            throw damaged("it does not begin as a snapshot of Larch");
        }
        final ByteBuffer whole = ByteBuffer.allocateDirect(header.headerLength());
        readFully(whole, 0);
        header.wrap(new UnsafeBuffer(whole));
        if (SnapshotHeaderFlyweight.computeCrc(whole) != header.crc()) {
            throw damaged("checksum of the header does not match");
        }
        if (header.version() != SnapshotHeaderFlyweight.PLAIN
                && header.version() != SnapshotHeaderFlyweight.SECTIONED) {
            throw damaged("format version " + header.version() + " is not known");
        }
        config.wrap(whole, SnapshotHeaderFlyweight.CONFIG_OFFSET, configLength);
        rewind();
    }

    private void rewind() {
        position = header.headerLength();
        previousCrc = header.crc();
        recordsLeft = 0;
        nextName = header.version() == SnapshotHeaderFlyweight.PLAIN ? PLAIN_SECTION : null;
        nextVersion = 1;
    }

    /** Reads and checks the next chunk, and returns its number of records, or what else it is. */
    private int readChunk() {
        try {
            read(SnapshotChunkFlyweight.HEADER_LENGTH);
            final int bodyLength = chunk.length();
            if (bodyLength < 0
                    || bodyLength > MAX_CHUNK_LENGTH
                    || bodyLength > length - position - SnapshotChunkFlyweight.HEADER_LENGTH) {
                throw damaged("length of a chunk is " + bodyLength);
            }
            read(SnapshotChunkFlyweight.HEADER_LENGTH + bodyLength);
            if (SnapshotChunkFlyweight.computeCrc(bytes, bodyLength, crc) != chunk.crc()
                    || chunk.previousCrc() != previousCrc) {
                throw damaged("checksum of a chunk does not match");
            }
        } catch (final IOException e) {
            throw new SnapshotException("could not read " + path + ": " + e, e);
        }
        if (chunk.recordCount() == SnapshotChunkFlyweight.TRAILER) {
            if (chunk.length() != SnapshotChunkFlyweight.TRAILER_BODY_LENGTH
                    || chunk.trailerBytesInFront() != position
                    || position
                                    + SnapshotChunkFlyweight.HEADER_LENGTH
                                    + SnapshotChunkFlyweight.TRAILER_BODY_LENGTH
                            != length) {
                throw damaged("bytes are missing or too many");
            }
            return SnapshotChunkFlyweight.TRAILER;
        }
        previousCrc = chunk.crc();
        position += SnapshotChunkFlyweight.HEADER_LENGTH + chunk.length();
        if (chunk.recordCount() == SnapshotChunkFlyweight.SECTION) {
            enterSection();
            return SnapshotChunkFlyweight.SECTION;
        }
        recordsLeft = chunk.recordCount();
        offset = SnapshotChunkFlyweight.HEADER_LENGTH;
        return recordsLeft;
    }

    private void enterSection() {
        final int nameLength = chunk.length() - Integer.BYTES;
        if (header.version() != SnapshotHeaderFlyweight.SECTIONED
                || nameLength < 1
                || nameLength > SnapshotChunkFlyweight.MAX_SECTION_NAME_LENGTH) {
            throw damaged("the head of a section is not one");
        }
        nextName = chunk.sectionName();
        nextVersion = chunk.sectionVersion();
        recordsLeft = 0;
    }

    /** Reads the first bytes of the chunk at the position. */
    private void read(final int count) throws IOException {
        if (count > bytes.capacity()) {
            bytes = ByteBuffer.allocateDirect(count);
            buffer.wrap(bytes);
        }
        bytes.clear().limit(count);
        readFully(bytes, position);
    }

    private void readFully(final ByteBuffer target, final long from) throws IOException {
        long at = from;
        while (target.hasRemaining()) {
            final int read = content.read(target, at);
            if (read < 0) {
                throw damaged("it ends at " + length);
            }
            at += read;
        }
    }

    private SnapshotException damaged(final String what) {
        return new SnapshotException(
                "snapshot " + path.getFileName() + " is damaged near " + position + ": " + what,
                position);
    }

    private static void closeQuietly(final Content content) {
        if (content != null) {
            try {
                content.close();
            } catch (final IOException e) {
                throw new SnapshotException("could not close a snapshot", e);
            }
        }
    }

    /** Opens the bytes of a snapshot. */
    @FunctionalInterface
    private interface Opener {
        Content open() throws IOException;
    }

    /** The bytes of a snapshot. */
    private interface Content extends Closeable {
        long length() throws IOException;

        int read(ByteBuffer target, long position) throws IOException;
    }

    private record ChannelContent(FileChannel channel) implements Content {
        @Override
        public long length() throws IOException {
            return channel.size();
        }

        @Override
        public int read(final ByteBuffer target, final long position) throws IOException {
            return channel.read(target, position);
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private record StoredContent(DiskFile file) implements Content {
        @Override
        public long length() throws IOException {
            return file.length();
        }

        @Override
        public int read(final ByteBuffer target, final long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
