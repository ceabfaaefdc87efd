package io.larch.tools.doctor;

import java.util.Locale;

/** How much a finding matters. */
enum Level {
    /** As it should be. */
    OK,
    /** Could not be looked at. */
    UNKNOWN,
    /** Works, but slower or less safely than it could. */
    WARNING,
    /** A member will not work well, or lose data. */
    PROBLEM;

    /** As it is printed. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
