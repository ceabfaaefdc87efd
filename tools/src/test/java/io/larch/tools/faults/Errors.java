package io.larch.tools.faults;

import java.util.ArrayList;
import java.util.List;

/** What checks find to be wrong. */
final class Errors {
    private static final int SHOWN = 20;

    private final List<String> texts = new ArrayList<>();

    void add(final String text) {
        texts.add(text);
    }

    boolean isEmpty() {
        return texts.isEmpty();
    }

    @Override
    public String toString() {
        return texts.size()
                + " errors:\n"
                + String.join("\n", texts.subList(0, Math.min(SHOWN, texts.size())));
    }
}
