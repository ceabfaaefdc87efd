package io.larch.tools.bolt;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;

/**
 * A database, as it was after its last transaction that is whole. Nobody may write to it meanwhile.
 * Not threadsafe.
 */
public final class BoltFile implements Closeable {
    private static final int META_BYTES = Page.HEADER_BYTES + Meta.BYTES;

    private final Path file;
    private final FileChannel channel;
    private final Window window;
    private final long size;
    private Meta meta;

    private BoltFile(final Path file, final FileChannel channel) throws IOException {
        this.file = file;
        this.channel = channel;
        window = new Window(file, channel);
        size = channel.size();
    }

    /**
     * Opens one.
     *
     * @param told is told when the last transaction is not whole, and the one before it counts.
     * @throws BoltException if neither is.
     */
    public static BoltFile open(final Path path, final Consumer<String> told) throws IOException {
        final BoltFile file = new BoltFile(path, FileChannel.open(path, StandardOpenOption.READ));
        try {
            file.meta = file.chosen(told);
            return file;
        } catch (final IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /** One that cannot be read does not tell where the second is, which then is looked for. */
    private Meta chosen(final Consumer<String> told) throws IOException {
        final byte[] first = metaAt(0);
        final String fault = fault(first);
        if (fault == null) {
            final Meta meta = Meta.of(first);
            final byte[] second = metaAt(meta.pageSize());
            final String other = fault(second);
            if (other == null) {
                final Meta newer = Meta.of(second);
                return Long.compareUnsigned(newer.transaction(), meta.transaction()) > 0
                        ? newer
                        : meta;
            }
            told.accept(
                    "%s, page 1: %s; page 0 tells of the last transaction".formatted(file, other));
            return meta;
        }
        for (int bytes = Meta.MIN_PAGE_BYTES; bytes <= Meta.MAX_PAGE_BYTES; bytes <<= 1) {
            final byte[] second = metaAt(bytes);
            if (fault(second) == null && Meta.of(second).pageSize() == bytes) {
                told.accept(
                        "%s, page 0: %s; page 1 tells of the last transaction"
                                .formatted(file, fault));
                return Meta.of(second);
            }
        }
        throw damaged(0, fault + "; and page 1 is not whole, either");
    }

    /** Null: the file ends before. */
    private byte[] metaAt(final long position) throws IOException {
        if (position + META_BYTES > size) {
            return null;
        }
        final byte[] page = new byte[META_BYTES];
        read(position, page, META_BYTES);
        return page;
    }

    private String fault(final byte[] page) {
        if (page == null) {
            return "the file ends at %d already".formatted(size);
        }
        return (page[8] & Page.META) == 0 ? "no meta page" : Meta.fault(page);
    }

    /** In which all others are. */
    public Bucket root() {
        return Bucket.at(this, meta.root());
    }

    /**
     * Copies bytes of the file, as of a value.
     *
     * @throws BoltException if the file ends before.
     */
    public void read(final long position, final byte[] target, final int length)
            throws IOException {
        window.read(position, target, length);
    }

    /** A page of a tree. */
    Page page(final long id) throws IOException {
        final long pages = Math.min(meta.used(), size / meta.pageSize());
        if (id < 2 || id >= pages || id > Integer.MAX_VALUE) {
            throw damaged(
                    id,
                    "outside of the file, which has %d pages, of which %s are used"
                            .formatted(size / meta.pageSize(), Long.toUnsignedString(meta.used())));
        }
        final long position = id * meta.pageSize();
        final byte[] header = new byte[Page.HEADER_BYTES];
        read(position, header, Page.HEADER_BYTES);
        final ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        if (fields.getLong(0) != id) {
            throw damaged(id, "says to be page " + Long.toUnsignedString(fields.getLong(0)));
        }
        final long overflow = Integer.toUnsignedLong(fields.getInt(12));
        if (overflow >= pages - id) {
            throw damaged(id, "goes on in %d more pages, outside of the file".formatted(overflow));
        }
        return new Page(this, id, position, (overflow + 1) * meta.pageSize());
    }

    /** That something is wrong with a page. */
    public BoltException damaged(final long page, final String why) {
        return new BoltException(file, page, why);
    }

    /** That something is wrong. */
    public BoltException damaged(final String why) {
        return new BoltException(file, why);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
