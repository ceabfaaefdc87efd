package io.larch.tools.faults;

import java.io.IOException;

/** Writes a new key each time. */
final class NewKeys extends Writer {
    NewKeys(final String name, final Journal journal, final Target target, final long paceMs) {
        super(name, journal, target, paceMs);
    }

    @Override
    void step() throws IOException {
        final String value = nextValue();
        final String key = Load.DIRECTORY + "/k/" + name() + "/" + lastNumber();
        write(Write.Kind.SET, key, "", value, null);
    }
}
