package io.larch.engine.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A list of actions, and its written form: one a line, the deed and its numbers. */
final class Actions {
    private static final int WIDTH = 5;
    private static final Deed[] DEEDS = Deed.values();

    private long[] numbers = new long[WIDTH * 1024];
    private int size;

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    void add(final Deed deed, final long a, final long b, final long c, final long d) {
        if ((size + 1) * WIDTH > numbers.length) {
            numbers = Arrays.copyOf(numbers, numbers.length * 2);
        }
        final int at = size++ * WIDTH;
        numbers[at] = deed.ordinal();
        numbers[at + 1] = a;
        numbers[at + 2] = b;
        numbers[at + 3] = c;
        numbers[at + 4] = d;
    }

    void add(final Actions from, final int i) {
        add(
                from.deed(i),
                from.number(i, 0),
                from.number(i, 1),
                from.number(i, 2),
                from.number(i, 3));
    }

    Deed deed(final int i) {
        return DEEDS[(int) numbers[i * WIDTH]];
    }

    /** The n-th number of the i-th action, from 0. */
    long number(final int i, final int n) {
        return numbers[i * WIDTH + 1 + n];
    }

    /** All but those from one to before another. */
    Actions without(final int from, final int to) {
        final Actions rest = new Actions();
        for (int i = 0; i < size; i++) {
            if (i < from || i >= to) {
                rest.add(this, i);
            }
        }
        return rest;
    }

    /** The first so many. */
    Actions first(final int count) {
        return without(count, size);
    }

    List<String> lines() {
        final List<String> lines = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            lines.add(line(i));
        }
        return lines;
    }

    String line(final int i) {
        final StringBuilder line = new StringBuilder();
        line.append(deed(i).name().toLowerCase(Locale.ROOT));
        int last = WIDTH - 2;
        while (last >= 0 && number(i, last) == 0) {
            last--;
        }
        for (int n = 0; n <= last; n++) {
            line.append(' ').append(number(i, n));
        }
        return line.toString();
    }

    void parse(final String line) {
        final String[] words = line.trim().split("\\s+");
        final long[] parsed = new long[WIDTH - 1];
        for (int n = 1; n < words.length; n++) {
            parsed[n - 1] = Long.parseLong(words[n]);
        }
        add(
                Deed.valueOf(words[0].toUpperCase(Locale.ROOT)),
                parsed[0],
                parsed[1],
                parsed[2],
                parsed[3]);
    }
}
