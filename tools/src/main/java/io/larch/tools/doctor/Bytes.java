package io.larch.tools.doctor;

import java.util.Locale;

/** Numbers of bytes for people. */
final class Bytes {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
    private static final int STEP = 1024;

    private Bytes() {}

    static String text(final long bytes) {
        double number = bytes;
        int unit = 0;
        while (number >= STEP && unit < UNITS.length - 1) {
            number /= STEP;
            unit++;
        }
        return number == Math.rint(number)
                ? "%d %s".formatted((long) number, UNITS[unit])
                : String.format(Locale.ROOT, "%.1f %s", number, UNITS[unit]);
    }
}
