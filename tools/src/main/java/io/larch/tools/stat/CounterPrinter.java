package io.larch.tools.stat;

import io.larch.engine.stats.CounterFile;

/** Prints one picture of a member's counters after the other. */
@FunctionalInterface
interface CounterPrinter {
    void print(CounterFile.Picture picture);
}
