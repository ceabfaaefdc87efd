package io.larch.tools.bolt;

import java.io.IOException;
import java.nio.file.Path;

/** A file is not as bbolt writes it. The message has the file, mostly the page, and why. */
public final class BoltException extends IOException {
    private static final long serialVersionUID = 1L;

    BoltException(final Path file, final String why) {
        super(file + ": " + why);
    }

    BoltException(final Path file, final long page, final String why) {
        super("%s, page %s: %s".formatted(file, Long.toUnsignedString(page), why));
    }
}
