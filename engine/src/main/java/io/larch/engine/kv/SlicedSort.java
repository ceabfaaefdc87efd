package io.larch.engine.kv;

/**
 * Sorts numbers by what they stand for, in slices, and keeps the order of equal ones: merges runs
 * of 1, 2, 4 and so on.
 */
final class SlicedSort {
    /** Says which of two comes first. */
    @FunctionalInterface
    interface Order {
        int compare(int left, int right);
    }

    private final Order order;
    private int[] from;
    private int[] to;
    private int count;
    private int width;
    private int start;
    private int left;
    private int right;
    private int at;

    SlicedSort(final Order order) {
        this.order = order;
    }

    /** Begins to sort the numbers from 0. */
    void begin(final int newCount) {
        count = newCount;
        from = new int[count];
        to = new int[count];
        for (int i = 0; i < count; i++) {
            from[i] = i;
        }
        width = 1;
        beginPair(0);
    }

    private void beginPair(final int newStart) {
        start = newStart;
        left = start;
        right = middle();
        at = start;
    }

    private int middle() {
        return (int) Math.min((long) start + width, count);
    }

    private int end() {
        return (int) Math.min(start + 2L * width, count);
    }

    /** Goes on for so many steps; true when all is sorted. */
    boolean advance(final int maxSteps) {
        int steps = maxSteps;
        while (width < count) {
            if (steps-- <= 0) {
                return false;
            }
            if (at < end()) {
                to[at++] = takesLeft() ? from[left++] : from[right++];
            } else if (end() < count) {
                beginPair(end());
            } else {
                final int[] merged = to;
                to = from;
                from = merged;
                width = (int) Math.min(2L * width, Integer.MAX_VALUE);
                beginPair(0);
            }
        }
        return true;
    }

    private boolean takesLeft() {
        return left < middle() && (right >= end() || order.compare(from[left], from[right]) <= 0);
    }

    /** The number at a place of the order. */
    int get(final int place) {
        return from[place];
    }
}
