package io.larch.tools.etcd;

import io.larch.engine.codec.kv.ProtoReader;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.List;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads the records of a log. Little endian:
 *
 * <pre>
 *   0        7         8                        8 + length
 *   +--------+---------+------------------------+-------
 *   | length | padding | walpb.Record           | zeros
 *   +--------+---------+------------------------+-------
 *
 *   padding   0 in etcd 2; in 3 0x80 and how many zeros follow, so that the next begins at 8 * n
 *   Record    1: type    2: CRC-32C of all data since the log began    3: data
 * </pre>
 *
 * A length of 0, or the end of the file, is the end of what is in a file. The last file may end in
 * a record that a crash has cut: that is no damage, and etcd leaves it out, too. A record is cut
 * where the file ends within it, or where it is wrong and has a sector without a bit in it. Any
 * other that is wrong is damage. Not threadsafe.
 */
final class WalReader {
    /** Of a record that has the checksum with which its file goes on, and no data. */
    private static final int CHECKSUM = 4;

    private static final int HEADER_BYTES = Long.BYTES;
    private static final int LENGTH_BITS = 56;
    private static final int MAX_PADDING = 7;
    private static final int SECTOR_BYTES = 512;
    private static final int BUFFER_BYTES = 1 << 16;

    /** No request that etcd takes is nearly as long. */
    private static final int MAX_RECORD_BYTES = 1 << 26;

    private final Handler handler;
    private final Consumer<String> told;
    private final Crc32c checksum = new Crc32c();
    private final ProtoReader record = new ProtoReader();
    private final UnsafeBuffer data = new UnsafeBuffer(0, 0);
    private byte[] bytes = new byte[BUFFER_BYTES];
    private long type;
    private int sum;

    /** Takes records. */
    interface Handler {
        /**
         * One more.
         *
         * @param data is the record's data during the call.
         */
        void onRecord(long type, DirectBuffer data, Place place) throws IOException;
    }

    /**
     * @param told is told of what was left out at the end.
     */
    WalReader(final Handler handler, final Consumer<String> told) {
        this.handler = handler;
        this.told = told;
    }

    /**
     * Reads all there is.
     *
     * @throws EtcdFilesException if something is damaged, or the handler finds it so.
     */
    void read(final List<WalSegment> segments) throws IOException {
        for (int i = 0; i < segments.size(); i++) {
            final WalSegment segment = segments.get(i);
            try (InputStream in =
                    new BufferedInputStream(Files.newInputStream(segment.file()), BUFFER_BYTES)) {
                read(segment, Files.size(segment.file()), i == segments.size() - 1, in);
            }
        }
    }

    private void read(
            final WalSegment segment, final long size, final boolean isLast, final InputStream in)
            throws IOException {
        long offset = 0;
        while (offset < size) {
            final Place place = new Place(segment.file(), offset);
            if (size - offset < HEADER_BYTES) {
                cut(isLast, place, "a record's length is cut");
                return;
            }
            take(in, HEADER_BYTES, place);
            final long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
            if (header == 0) {
                if (isLast) {
                    tellRest(in, place);
                }
                return;
            }
            final long length = header & (1L << LENGTH_BITS) - 1;
            final int padding = header < 0 ? (int) (header >>> LENGTH_BITS) & MAX_PADDING : 0;
            if (length > MAX_RECORD_BYTES) {
                throw place.damaged("no record has a length of " + length);
            }
            if (length + padding > size - offset - HEADER_BYTES) {
                cut(
                        isLast,
                        place,
                        "the file ends within a record, %d bytes from here"
                                .formatted(size - offset));
                return;
            }
            final int total = (int) length + padding;
            take(in, total, place);
            final String wrong = check((int) length);
            if (wrong != null) {
                cut(isLast && hasEmptySector(offset + HEADER_BYTES, total), place, wrong);
                tellRest(in, place);
                return;
            }
            pass(place);
            offset += HEADER_BYTES + total;
        }
    }

    private void take(final InputStream in, final int count, final Place place) throws IOException {
        if (bytes.length < count) {
            bytes = new byte[count];
        }
        if (in.readNBytes(bytes, 0, count) < count) {
            throw EtcdFilesException.unusable(place + ": the file has become shorter meanwhile");
        }
    }

    /** What is wrong with the record; null: nothing. Leaves its fields for {@link #pass}. */
    private String check(final int length) {
        type = 0;
        sum = 0;
        int dataOffset = 0;
        data.wrap(bytes, 0, 0);
        record.wrap(new UnsafeBuffer(bytes), 0, length);
        while (record.next()) {
            switch (record.field()) {
                case 1 -> type = record.number();
                case 2 -> sum = (int) record.number();
                case 3 -> {
                    dataOffset = record.offset();
                    data.wrap(bytes, dataOffset, record.length());
                }
                default -> {
                    // Of a later etcd.
                }
            }
        }
        if (record.isBroken()) {
            return "this is no record";
        }
        if (type == CHECKSUM) {
            return null;
        }
        checksum.update(bytes, dataOffset, data.capacity());
        return checksum.value() == sum
                ? null
                : "the record has the checksum %08x, and should have %08x"
                        .formatted(sum, checksum.value());
    }

    private void pass(final Place place) throws IOException {
        if (type != CHECKSUM) {
            handler.onRecord(type, data, place);
            return;
        }
        // Where reading begins, nothing is known of the files before.
        if (checksum.value() != 0 && checksum.value() != sum) {
            throw place.damaged(
                    "the file goes on from the checksum %08x, and the one before ends with %08x"
                            .formatted(sum, checksum.value()));
        }
        checksum.reset(sum);
    }

    private void cut(final boolean isByCrash, final Place place, final String wrong)
            throws EtcdFilesException {
        if (!isByCrash) {
            throw place.damaged(wrong);
        }
        told.accept(place + ": " + wrong + ", as after a crash; the log ends before it");
    }

    /** Of a record, of which some sectors were written and others not. */
    private boolean hasEmptySector(final long start, final int length) {
        int from = 0;
        while (from < length) {
            final int left = (int) (SECTOR_BYTES - (start + from) % SECTOR_BYTES);
            final int to = Math.min(from + left, length);
            boolean isEmpty = true;
            for (int i = from; i < to; i++) {
                isEmpty &= bytes[i] == 0;
            }
            if (isEmpty) {
                return true;
            }
            from = to;
        }
        return false;
    }

    /** Nothing should be behind the end. If there is, etcd does not see it, either. */
    private void tellRest(final InputStream in, final Place place) throws IOException {
        long count = 0;
        for (int read = in.read(bytes); read >= 0; read = in.read(bytes)) {
            for (int i = 0; i < read; i++) {
                count += bytes[i] == 0 ? 0 : 1;
            }
        }
        if (count > 0) {
            told.accept(
                    "%s: the log ends, but %d bytes behind it are not zero; they are left out"
                            .formatted(place, count));
        }
    }
}
