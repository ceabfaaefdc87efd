package io.larch.tools.cpus;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lists of CPUs as Linux writes them: {@code 2,4-5}. */
public final class CpuList {
    /** Linux has no more, whatever it is built for. */
    static final int MOST_CPUS = 8_192;

    private static final Pattern PART = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");

    private CpuList() {}

    /**
     * Reads one CPU.
     *
     * @throws IllegalArgumentException with what is wrong.
     */
    public static int one(final String text) {
        if (!text.matches("\\d{1,9}")) {
            throw new IllegalArgumentException("not the number of a CPU");
        }
        return number(text);
    }

    /**
     * Reads a list.
     *
     * @return in the order of the text, none twice, not empty.
     * @throws IllegalArgumentException with what is wrong.
     */
    public static List<Integer> parse(final String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException("no CPU in the list");
        }
        final Set<Integer> cpus = new LinkedHashSet<>();
        for (final String part : text.split(",", -1)) {
            final Matcher matcher = PART.matcher(part.strip());
            if (!matcher.matches()) {
                throw new IllegalArgumentException("not a list of CPUs such as 2,4-5");
            }
            final int first = number(matcher.group(1));
            final int last = matcher.group(2) == null ? first : number(matcher.group(2));
            if (last < first) {
                throw new IllegalArgumentException(part.strip() + " ends before it begins");
            }
            for (int cpu = first; cpu <= last; cpu++) {
                if (!cpus.add(cpu)) {
                    throw new IllegalArgumentException("CPU " + cpu + " is there twice");
                }
            }
        }
        return List.copyOf(cpus);
    }

    private static int number(final String digits) {
        final int cpu = Integer.parseInt(digits);
        if (cpu >= MOST_CPUS) {
            throw new IllegalArgumentException(
                    "CPU " + cpu + " cannot be, the last is " + (MOST_CPUS - 1));
        }
        return cpu;
    }

    /**
     * Reads what the kernel wrote; nothing is no CPU.
     *
     * @throws IllegalArgumentException when it is no list.
     */
    public static BitSet ofKernel(final String text) {
        return text.isBlank() ? new BitSet() : set(parse(text));
    }

    /** The same as a set. */
    public static BitSet set(final Iterable<Integer> cpus) {
        final BitSet set = new BitSet();
        cpus.forEach(set::set);
        return set;
    }

    /** As Linux writes it, sorted. */
    public static String text(final BitSet cpus) {
        final List<String> parts = new ArrayList<>();
        int first = cpus.nextSetBit(0);
        while (first >= 0) {
            final int end = cpus.nextClearBit(first);
            parts.add(end == first + 1 ? "" + first : first + "-" + (end - 1));
            first = cpus.nextSetBit(end);
        }
        return String.join(",", parts);
    }
}
