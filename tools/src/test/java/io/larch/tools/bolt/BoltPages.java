package io.larch.tools.bolt;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A file of bbolt in the making, with as many elements on a page as are wanted. */
public final class BoltPages {
    /** Of both meta pages and all others. */
    public static final int PAGE_BYTES = 1024;

    private static final int BRANCH = 1;
    private static final int LEAF = 2;
    private static final int META = 4;
    private static final int BUCKET = 1;

    private final int elementsPerPage;
    private final ByteArrayOutputStream pages = new ByteArrayOutputStream();
    private final TreeMap<String, byte[]> buckets = new TreeMap<>();

    private record Element(int flags, byte[] name, byte[] value, long page) {}

    /** One with nothing in it. */
    public BoltPages(final int elementsPerPage) {
        this.elementsPerPage = elementsPerPage;
    }

    /** Entries in the order of their names, as numbers without a sign. */
    public static SortedMap<byte[], byte[]> entries() {
        return new TreeMap<>(Arrays::compareUnsigned);
    }

    /** Adds a bucket of pages of its own. */
    public BoltPages bucket(final String name, final SortedMap<byte[], byte[]> entries) {
        buckets.put(name, bucket(tree(leaves(entries))));
        return this;
    }

    /** Adds a bucket within its value. */
    public BoltPages inlineBucket(final String name, final SortedMap<byte[], byte[]> entries) {
        final byte[] page = page(0, LEAF, elements(entries), 0);
        buckets.put(name, join(bucket(0), page));
        return this;
    }

    /** The whole file, of transaction 2 in page 0. */
    public byte[] toBytes() {
        final List<Element> elements = new ArrayList<>();
        for (final Map.Entry<String, byte[]> each : buckets.entrySet()) {
            elements.add(
                    new Element(
                            BUCKET,
                            each.getKey().getBytes(StandardCharsets.UTF_8),
                            each.getValue(),
                            0));
        }
        final long root = write(LEAF, elements);
        return join(join(meta(0, root, 2), meta(1, root, 1)), pages.toByteArray());
    }

    private long next() {
        return 2 + pages.size() / PAGE_BYTES;
    }

    private static List<Element> elements(final SortedMap<byte[], byte[]> entries) {
        return entries.entrySet().stream()
                .map(each -> new Element(0, each.getKey(), each.getValue(), 0))
                .toList();
    }

    private List<Element> leaves(final SortedMap<byte[], byte[]> entries) {
        return level(LEAF, elements(entries));
    }

    private List<Element> level(final int flags, final List<Element> elements) {
        final List<Element> parents = new ArrayList<>();
        for (int i = 0; i < elements.size() || i == 0; i += elementsPerPage) {
            final List<Element> some =
                    elements.subList(i, Math.min(elements.size(), i + elementsPerPage));
            final byte[] name = some.isEmpty() ? new byte[0] : some.get(0).name;
            parents.add(new Element(0, name, new byte[0], write(flags, some)));
        }
        return parents;
    }

    private long tree(final List<Element> pagesBelow) {
        List<Element> level = pagesBelow;
        while (level.size() > 1) {
            level = level(BRANCH, level);
        }
        return level.get(0).page;
    }

    private long write(final int flags, final List<Element> elements) {
        final long id = next();
        final int length = page(id, flags, elements, 0).length;
        final int overflow = (length - 1) / PAGE_BYTES;
        pages.writeBytes(
                Arrays.copyOf(page(id, flags, elements, overflow), (overflow + 1) * PAGE_BYTES));
        return id;
    }

    private static byte[] page(
            final long id, final int flags, final List<Element> elements, final int overflow) {
        final int list = 16 + 16 * elements.size();
        int length = list;
        for (final Element each : elements) {
            length += each.name.length + each.value.length;
        }
        final ByteBuffer page = little(length);
        page.putLong(id).putShort((short) flags).putShort((short) elements.size());
        page.putInt(overflow);
        int at = list;
        for (final Element each : elements) {
            final int position = at - page.position();
            if (flags == LEAF) {
                page.putInt(each.flags).putInt(position);
                page.putInt(each.name.length).putInt(each.value.length);
            } else {
                page.putInt(position).putInt(each.name.length).putLong(each.page);
            }
            page.put(at, each.name).put(at + each.name.length, each.value);
            at += each.name.length + each.value.length;
        }
        return page.array();
    }

    private byte[] meta(final int id, final long root, final long transaction) {
        final ByteBuffer page = little(PAGE_BYTES);
        page.putLong(id).putShort((short) META).putShort((short) 0).putInt(0);
        page.putInt(0xed0cdaed).putInt(2).putInt(PAGE_BYTES).putInt(0);
        page.putLong(root).putLong(0).putLong(-1).putLong(next()).putLong(transaction);
        sum(page.array());
        return page.array();
    }

    /** Makes the checksum of a meta page right. */
    static void sum(final byte[] page) {
        ByteBuffer.wrap(page).order(ByteOrder.LITTLE_ENDIAN).putLong(72, Meta.checksum(page));
    }

    private static byte[] bucket(final long root) {
        return little(16).putLong(root).array();
    }

    private static ByteBuffer little(final int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] join(final byte[] first, final byte[] second) {
        final byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }
}
