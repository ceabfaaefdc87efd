package io.larch.tools.build;

import io.larch.tools.ctl.ClientManual;
import io.larch.tools.flags.ServerManual;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the pages of the manual, as the flags and commands are in this build. */
public final class ManPages {
    private ManPages() {}

    /**
     * Writes {@code man8/larchd.8} and {@code man1/larchctl.1}.
     *
     * @param arguments the directory to write to.
     */
    public static void main(final String[] arguments) throws IOException {
        final Path directory = Path.of(arguments[0]);
        write(directory.resolve("man8/larchd.8"), ServerManual.page());
        write(directory.resolve("man1/larchctl.1"), ClientManual.page());
    }

    private static void write(final Path file, final String page) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, page);
    }
}
