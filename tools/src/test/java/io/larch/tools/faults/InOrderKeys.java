package io.larch.tools.faults;

import java.io.IOException;

/** Adds to the end of a queue that all writers share. */
final class InOrderKeys extends Writer {
    InOrderKeys(final String name, final Journal journal, final Target target, final long paceMs) {
        super(name, journal, target, paceMs);
    }

    @Override
    void step() throws IOException {
        write(Write.Kind.IN_ORDER, Load.DIRECTORY + "/queue", "", nextValue(), null);
    }
}
