package io.larch.engine.raft;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What was done in a simulation, step by step, as commands of a story. Kept small, as nobody reads
 * it unless the simulation fails.
 */
final class SimActions {
    private static final int ID_BITS = 12;
    private static final int ID_MASK = (1 << ID_BITS) - 1;
    private static final int ARGUMENT_BITS = 34;

    private final List<String> head = new ArrayList<>();
    private final List<String> texts = new ArrayList<>();
    private long[] actions = new long[1 << 12];
    private int count;

    /** How a command reads; %1 and %2 are members, %3 is an argument, %4 a text. */
    enum Op {
        TICK("tick %1"),
        GAP("gap %1 %3"),
        SYNC("sync %1 %3"),
        PROPOSE("propose %1 v%3"),
        CHANGE("change %1 %4"),
        READ("read %1 r%3"),
        TRANSFER("transfer %1 %2"),
        CRASH("crash %1 %3"),
        DOWN("down %1 %3"),
        LOST("lost %1"),
        FILL("fill %1"),
        UP("up %1"),
        COMPACT("compact %1 %3"),
        DELIVER("deliver %1->%2 #%3"),
        LOSE("lose %1->%2 #%3"),
        REPEAT("repeat %1->%2 #%3"),
        CLOG("clog %1->%2"),
        UNCLOG("unclog %1"),
        UNREACHABLE("unreachable %1 %2"),
        HOLD_APPLY("apply %1 hold"),
        FREE_APPLY("apply %1 free"),
        HOLD_INSTALL("install %1 hold"),
        FREE_INSTALL("install %1 free"),
        TEXT("%4");

        private final String text;

        Op(final String text) {
            this.text = text;
        }
    }

    private static final Op[] OPS = Op.values();

    /** A line before all actions. */
    void head(final String line) {
        head.add(line);
    }

    void add(final Op op, final long member, final long other, final long argument) {
        if (count == actions.length) {
            actions = Arrays.copyOf(actions, count * 2);
        }
        actions[count++] =
                (((long) op.ordinal() << ID_BITS | member) << ID_BITS | other) << ARGUMENT_BITS
                        | argument;
    }

    void add(final Op op, final long member, final String text) {
        add(op, member, 0, texts.size());
        texts.add(text);
    }

    /** All of it as a story. */
    List<String> lines() {
        final List<String> lines = new ArrayList<>(head);
        for (int i = 0; i < count; i++) {
            lines.add(line(actions[i]));
        }
        return lines;
    }

    private String line(final long action) {
        final long argument = action & (1L << ARGUMENT_BITS) - 1;
        final long other = action >>> ARGUMENT_BITS & ID_MASK;
        final long member = action >>> ARGUMENT_BITS + ID_BITS & ID_MASK;
        final Op op = OPS[(int) (action >>> ARGUMENT_BITS + 2 * ID_BITS)];
        String line =
                op.text
                        .replace("%1", Long.toString(member))
                        .replace("%2", Long.toString(other))
                        .replace("%3", Long.toString(argument));
        if (line.contains("%4")) {
            line = line.replace("%4", texts.get((int) argument));
        }
        return line;
    }
}
