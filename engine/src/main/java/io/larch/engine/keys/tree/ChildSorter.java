package io.larch.engine.keys.tree;

import java.util.Arrays;
import org.agrona.UnsafeApi;
import org.agrona.collections.LongArrayList;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Finds and sorts the visible children of a directory in steps, so that a directory of any size
 * stops nobody. Shared by all reads of a tree, one at a time: who began goes on until it is done.
 *
 * <p>Names are copied while the children are looked at, since records may move between two steps.
 * Children made in order are recognised and not sorted. Owned by the engine thread.
 */
public final class ChildSorter implements AutoCloseable {
    private static final int BLOCK_BYTES = 1 << 16;
    private static final int MAX_KEPT = 1 << 16;

    private final KeyTree tree;
    private final NodeFlyweight node = new NodeFlyweight();
    private final UnsafeBuffer left = new UnsafeBuffer(0, 0);
    private final UnsafeBuffer right = new UnsafeBuffer(0, 0);
    private final LongArrayList blocks = new LongArrayList();
    private Object owner;
    private long view;
    private int nextChild;
    private long blockEnd;
    private long blockNext;

    // What was found: ids and where their names lie (a length, then the bytes).
    private int[] ids = new int[64];
    private long[] names = new long[64];
    private int count;
    private boolean isSorted;

    // Merging runs of this width, at this place; from what is above to what is below, then swapped.
    private int[] mergedIds = new int[0];
    private long[] mergedNames = new long[0];
    private int width;
    private int low;
    private int first;
    private int second;
    private int merged;

    public ChildSorter(final KeyTree tree) {
        this.tree = tree;
    }

    /** Whether a read may begin or go on. */
    public boolean isFreeFor(final Object reader) {
        return owner == null || owner == reader;
    }

    /** Begins with a directory's children as they were when the view began. */
    public void begin(final Object reader, final long view, final int firstChild) {
        owner = reader;
        this.view = view;
        nextChild = firstChild;
        count = 0;
        isSorted = true;
        width = 0;
    }

    public boolean isOwnedBy(final Object reader) {
        return owner == reader;
    }

    /**
     * Goes on for at most so many children.
     *
     * @return the steps that are left; positive only when all is done.
     */
    public int advance(final int maxSteps) {
        int steps = maxSteps;
        while (nextChild != 0) {
            if (steps-- <= 0) {
                return 0;
            }
            look();
        }
        if (!isSorted) {
            steps = sort(steps);
        }
        return isSorted ? Math.max(steps, 1) : 0;
    }

    public int count() {
        return count;
    }

    /** The id of a child, once all is done. */
    public int id(final int index) {
        return ids[index];
    }

    /** Ends a read's use, done or not. */
    public void release(final Object reader) {
        if (owner != reader) {
            return;
        }
        owner = null;
        count = 0;
        for (int i = 0; i < blocks.size(); i++) {
            UnsafeApi.freeMemory(blocks.getLong(i));
        }
        blocks.clear();
        blockNext = 0;
        blockEnd = 0;
        mergedIds = new int[0];
        mergedNames = new long[0];
        if (ids.length > MAX_KEPT) {
            ids = new int[64];
            names = new long[64];
        }
    }

    @Override
    public void close() {
        release(owner);
    }

    private void look() {
        tree.getPast(nextChild, view, node);
        if (!node.isHidden()) {
            if (count == ids.length) {
                ids = Arrays.copyOf(ids, count * 2);
                names = Arrays.copyOf(names, count * 2);
            }
            ids[count] = nextChild;
            names[count] = keepName();
            if (isSorted && count > 0) {
                isSorted = compare(names[count - 1], names[count]) <= 0;
            }
            count++;
        }
        nextChild = node.nextSibling();
    }

    private long keepName() {
        final int length = node.nameLength();
        final int needed = Integer.BYTES + length;
        if (blockEnd - blockNext < needed) {
            final int size = Math.max(BLOCK_BYTES, needed);
            blockNext = UnsafeApi.allocateMemory(size);
            blockEnd = blockNext + size;
            blocks.addLong(blockNext);
        }
        final long address = blockNext;
        left.wrap(address, needed);
        left.putInt(0, length);
        left.putBytes(Integer.BYTES, node.payload(), 0, length);
        blockNext += needed;
        return address;
    }

    /** Merge sort from the bottom, one child a step. */
    private int sort(final int maxSteps) {
        if (width == 0) {
            mergedIds = new int[count];
            mergedNames = new long[count];
            width = 1;
            startRun(0);
        }
        int steps = maxSteps;
        while (steps-- > 0) {
            if (merged == Math.min(low + 2 * width, count)) {
                if (merged < count) {
                    startRun(merged);
                } else if (endPass()) {
                    return steps;
                }
            }
            mergeOne();
        }
        return 0;
    }

    private void startRun(final int from) {
        low = from;
        first = from;
        second = Math.min(from + width, count);
        merged = from;
    }

    /** Returns whether the last pass is done. */
    private boolean endPass() {
        final int[] oldIds = ids;
        final long[] oldNames = names;
        ids = mergedIds;
        names = mergedNames;
        mergedIds = oldIds;
        mergedNames = oldNames;
        if (width >= count - width) {
            isSorted = true;
            return true;
        }
        width *= 2;
        startRun(0);
        return false;
    }

    private void mergeOne() {
        final int middle = Math.min(low + width, count);
        final int high = Math.min(low + 2 * width, count);
        final boolean takesFirst =
                second == high || first < middle && compare(names[first], names[second]) <= 0;
        final int from = takesFirst ? first++ : second++;
        mergedIds[merged] = ids[from];
        mergedNames[merged++] = names[from];
    }

    private int compare(final long leftName, final long rightName) {
        final int leftLength = wrapName(left, leftName);
        final int rightLength = wrapName(right, rightName);
        final int common = Math.min(leftLength, rightLength);
        for (int i = Integer.BYTES; i < Integer.BYTES + common; i++) {
            final int difference = (left.getByte(i) & 0xFF) - (right.getByte(i) & 0xFF);
            if (difference != 0) {
                return difference;
            }
        }
        return leftLength - rightLength;
    }

    private static int wrapName(final UnsafeBuffer name, final long address) {
        name.wrap(address, Integer.BYTES);
        final int length = name.getInt(0);
        name.wrap(address, Integer.BYTES + length);
        return length;
    }
}
