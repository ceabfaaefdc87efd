package io.larch.tools.faults;

import io.larch.tools.conformance.HttpReply;
import io.larch.tools.conformance.JsonTree;
import java.io.IOException;

/** Reads a key that several clients share, and swaps what it read for a value of its own. */
final class Swaps extends Writer {
    private static final String KEY = Load.DIRECTORY + "/chain";

    private final Reads reads;

    Swaps(final String name, final Journal journal, final Target target, final long paceMs) {
        super(name, journal, target, paceMs);
        reads = new Reads(this, true);
    }

    @Override
    void step() throws IOException {
        final HttpReply read = reads.read(KEY);
        if (read == null) {
            return;
        }
        if (read.status() == 404) {
            write(Write.Kind.SET, KEY, "", nextValue(), null);
            return;
        }
        final String expected = (String) JsonTree.at(JsonTree.parse(read.text()), "node", "value");
        write(Write.Kind.SWAP, KEY, "?prevValue=" + expected, nextValue(), expected);
    }
}
