package io.larch.engine.sim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which commit the working tree stands at, as far as the files of git say so. */
public final class GitId {
    private static final long MASK = 0xff_ffff_ffffL;

    private GitId() {}

    /** A seed that the commit chooses: each commit tries another, and the same always the same. */
    public static long seed() {
        return current().hashCode() * 0x9e37_79b9_7f4a_7c15L >>> 16 & MASK;
    }

    public static String current() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            final Path head = at.resolve(".git").resolve("HEAD");
            if (Files.isRegularFile(head)) {
                return read(head);
            }
        }
        return "an unknown commit";
    }

    private static String read(final Path head) {
        try {
            final String text = Files.readString(head).trim();
            if (!text.startsWith("ref: ")) {
                return text;
            }
            final Path ref = head.resolveSibling(text.substring("ref: ".length()));
            return Files.isRegularFile(ref) ? Files.readString(ref).trim() : text;
        } catch (final IOException e) {
            return "an unreadable commit";
        }
    }
}
