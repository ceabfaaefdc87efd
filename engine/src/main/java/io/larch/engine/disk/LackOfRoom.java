package io.larch.engine.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Set;

/** Tells the errors that mean that a file system takes no more from all others. */
final class LackOfRoom {
    /** EFBIG, ENOSPC and EDQUOT of Linux. */
    private static final Set<Integer> NUMBERS = Set.of(27, 28, 122);

    private static final Set<String> ENGLISH =
            Set.of("File too large", "No space left on device", "Disk quota exceeded");

    private static final Path ALWAYS_FULL = Path.of("/dev/full");

    private LackOfRoom() {}

    /**
     * Whether there is no room for a file.
     *
     * @param file that could not be created or written, and is worth nothing.
     * @param e what was said about it; its words count only where there is no number.
     */
    static boolean isReasonOf(final IOException e, final Path file) {
        final int number = ErrorNumber.ofWritingTo(file);
        return number == ErrorNumber.NOT_TOLD
                ? words().contains(wordsOf(e))
                : NUMBERS.contains(number);
    }

    /** In English and, at least for a full disk, in the language of this process. */
    private static Set<String> words() {
        final Set<String> words = new HashSet<>(ENGLISH);
        try (FileChannel full = FileChannel.open(ALWAYS_FULL, StandardOpenOption.WRITE)) {
            full.write(ByteBuffer.allocate(1));
        } catch (final FileSystemException e) {
            return words;
        } catch (final IOException e) {
            words.add(wordsOf(e));
        }
        return words;
    }

    private static String wordsOf(final IOException e) {
        return e instanceof FileSystemException inFileSystem
                ? String.valueOf(inFileSystem.getReason())
                : String.valueOf(e.getMessage());
    }
}
