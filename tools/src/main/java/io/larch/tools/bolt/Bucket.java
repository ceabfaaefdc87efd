package io.larch.tools.bolt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Entries, and further buckets, in the order of their names. A small one has its only page within
 * the value that stands for it. Not threadsafe.
 *
 * <pre>
 *   0      8          16
 *   +------+----------+------------
 *   | root | sequence | page, if root is 0
 *   +------+----------+------------
 * </pre>
 */
public final class Bucket {
    private static final int HEADER_BYTES = 16;

    /** With two pages below each, more than there can be. */
    private static final int MAX_DEPTH = 40;

    private final BoltFile file;
    private final long root;
    private final long inlinePosition;
    private final long inlineBytes;

    /** Takes what is in a bucket. */
    public interface Visitor {
        /**
         * An entry.
         *
         * @param name not changed later.
         * @param position in the file, of its value; {@link BoltFile#read} has it.
         * @param page on which it is, for messages.
         */
        void onEntry(byte[] name, long position, int length, long page) throws IOException;

        /** A bucket. */
        void onBucket(byte[] name, Bucket bucket, long page) throws IOException;
    }

    private Bucket(
            final BoltFile file,
            final long root,
            final long inlinePosition,
            final long inlineBytes) {
        this.file = file;
        this.root = root;
        this.inlinePosition = inlinePosition;
        this.inlineBytes = inlineBytes;
    }

    /** That of a page. */
    static Bucket at(final BoltFile file, final long root) {
        return new Bucket(file, root, 0, 0);
    }

    private static Bucket of(
            final BoltFile file, final long position, final int length, final long page)
            throws IOException {
        if (length < HEADER_BYTES) {
            throw file.damaged(page, "a bucket of %d bytes".formatted(length));
        }
        final byte[] header = new byte[HEADER_BYTES];
        file.read(position, header, HEADER_BYTES);
        final long root = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).getLong();
        return root == 0
                ? new Bucket(file, page, position + HEADER_BYTES, (long) length - HEADER_BYTES)
                : at(file, root);
    }

    /** One of its buckets; null: there is none of this name. */
    public Bucket bucket(final String name) throws IOException {
        final byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        final Bucket[] found = new Bucket[1];
        forEach(
                new Visitor() {
                    @Override
                    public void onEntry(
                            final byte[] each, final long at, final int length, final long page) {
                        // It is no bucket.
                    }

                    @Override
                    public void onBucket(final byte[] each, final Bucket bucket, final long page) {
                        found[0] = Arrays.equals(each, bytes) ? bucket : found[0];
                    }
                });
        return found[0];
    }

    /**
     * Goes through all of it once, in order.
     *
     * @throws BoltException if it is damaged; some of it may have been told then.
     */
    public void forEach(final Visitor visitor) throws IOException {
        final Walk walk = new Walk(visitor);
        if (inlinePosition > 0) {
            final Page page = new Page(file, root, inlinePosition, inlineBytes);
            if (!page.isLeaf()) {
                throw file.damaged(root, "a branch within a bucket's value");
            }
            walk.leaf(root, page);
        } else {
            walk.page(root, 0, null);
        }
    }

    /** One way through. No page belongs to two places, so none is come to twice. */
    private final class Walk {
        private final Visitor visitor;
        private final BitSet seen = new BitSet();
        private int leafDepth = -1;
        private byte[] last;

        /** Of the branches above: names that come are not before it. Null: there is none. */
        private byte[] start;

        Walk(final Visitor visitor) {
            this.visitor = visitor;
        }

        /**
         * @param end below which its names are; null: there is no end.
         */
        void page(final long id, final int depth, final byte[] end) throws IOException {
            if (depth > MAX_DEPTH) {
                throw file.damaged(id, "the tree is deeper than %d pages".formatted(MAX_DEPTH));
            }
            final Page page = file.page(id);
            // A file of which this does not fit into an int had pages of 4 KiB and 8 TiB.
            if (seen.get((int) id)) {
                throw file.damaged(id, "the tree comes to this page twice");
            }
            seen.set((int) id);
            if (page.isLeaf()) {
                if (leafDepth >= 0 && leafDepth != depth) {
                    throw file.damaged(
                            id, "a leaf %d pages down, others are %d".formatted(depth, leafDepth));
                }
                leafDepth = depth;
                leaf(id, page);
                if (end != null && last != null && Arrays.compareUnsigned(last, end) >= 0) {
                    throw file.damaged(id, "has names that belong behind it");
                }
            } else {
                branch(id, page, depth, end);
            }
        }

        private void branch(final long id, final Page page, final int depth, final byte[] end)
                throws IOException {
            byte[] name = page.name(0);
            for (int i = 0; i < page.count(); i++) {
                final byte[] next = i + 1 < page.count() ? page.name(i + 1) : end;
                if (last != null && Arrays.compareUnsigned(last, name) >= 0
                        || start != null && Arrays.compareUnsigned(name, start) < 0
                        || next != null && Arrays.compareUnsigned(name, next) >= 0) {
                    throw file.damaged(id, "element %d is out of order".formatted(i));
                }
                start = name;
                page(page.child(i), depth + 1, next);
                name = next;
            }
        }

        private void leaf(final long id, final Page page) throws IOException {
            for (int i = 0; i < page.count(); i++) {
                final byte[] name = page.name(i);
                if (last != null && Arrays.compareUnsigned(last, name) >= 0
                        || start != null && Arrays.compareUnsigned(name, start) < 0) {
                    throw file.damaged(id, "element %d is out of order".formatted(i));
                }
                last = name;
                if (page.isBucket(i)) {
                    visitor.onBucket(
                            name, of(file, page.valuePosition(i), page.valueLength(i), id), id);
                } else {
                    visitor.onEntry(name, page.valuePosition(i), page.valueLength(i), id);
                }
            }
        }
    }
}
