package io.larch.tools.etcd;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of a log in the making, as etcd 3 writes it, or with {@link #unpadded} as etcd 2 does. */
final class LogFile {
    static final int CLUSTER = 0xc1;

    private final Crc32c checksum = new Crc32c();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private boolean isPadded = true;

    /** The first file. */
    LogFile() {
        this(0);
    }

    /** One that goes on from a checksum. */
    LogFile(final int checksumBefore) {
        checksum.reset(checksumBefore);
        record(4, new byte[0]);
        metadata(1, CLUSTER);
    }

    static LogFile unpadded() {
        final LogFile file = new LogFile();
        file.out.reset();
        file.checksum.reset(0);
        file.isPadded = false;
        file.record(4, new byte[0]);
        return file.metadata(1, CLUSTER);
    }

    int checksum() {
        return checksum.value();
    }

    LogFile metadata(final long member, final long cluster) {
        return record(1, new Message().number(1, member).number(2, cluster).toBytes());
    }

    LogFile snapshot(final long index, final long term) {
        return record(5, new Message().number(1, index).number(2, term).toBytes());
    }

    LogFile commit(final long index) {
        return record(3, new Message().number(1, 1).number(2, 1).number(3, index).toBytes());
    }

    LogFile entry(final long term, final long index, final byte[] data) {
        return entry(0, term, index, data);
    }

    LogFile put(final long term, final long index, final String path, final String value) {
        return entry(term, index, Message.request("PUT", path, value).toBytes());
    }

    /** A change of members. */
    LogFile change(final long index, final int kind, final long member, final String json) {
        return entry(
                1,
                1,
                index,
                new Message()
                        .number(1, 0)
                        .number(2, kind)
                        .number(3, member)
                        .text(4, json)
                        .toBytes());
    }

    LogFile entry(final int type, final long term, final long index, final byte[] data) {
        final Message entry = new Message().number(1, type).number(2, term).number(3, index);
        return record(2, (data.length == 0 ? entry : entry.bytes(4, data)).toBytes());
    }

    LogFile record(final int type, final byte[] data) {
        checksum.update(data, 0, data.length);
        final Message message =
                new Message().number(1, type).number(2, checksum.value() & 0xffffffffL);
        final byte[] record = (data.length == 0 ? message : message.bytes(3, data)).toBytes();
        final int padding = isPadded ? (8 - record.length % 8) % 8 : 0;
        final long header = record.length | (padding == 0 ? 0 : (0x80L | padding) << 56);
        out.writeBytes(
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, header).array());
        out.writeBytes(record);
        out.writeBytes(new byte[padding]);
        return this;
    }

    /** Into a data directory, which is made if there is none. */
    void write(final Path directory, final int sequence, final long firstIndex) throws IOException {
        final Path log = directory.resolve("member/wal");
        Files.createDirectories(log);
        Files.createDirectories(directory.resolve("member/snap"));
        Files.write(
                log.resolve("%016x-%016x.wal".formatted(sequence, firstIndex)), out.toByteArray());
    }
}
