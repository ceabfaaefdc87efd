package io.larch.engine.disk;

import java.io.IOException;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.agrona.BufferUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The number of the error that creating or writing a file ends with.
 *
 * <p>An {@link IOException} of the JDK has only the words that the C library has for the error in
 * the language of the process. So the same is done once more by the calls below the JDK's own
 * files, which do tell the number. They are not public: their package has to be opened for this.
 */
final class ErrorNumber {
    /** Nothing went wrong this time, or the JDK does not let anybody ask. */
    static final int NOT_TOLD = -1;

    private static final Logger LOGGER = LoggerFactory.getLogger(ErrorNumber.class);
    private static final int BLOCK_LENGTH = 4096;
    private static final int MAX_WRITES = 16;
    private static final int PERMISSIONS = 0600;

    private final Method open;
    private final Method write;
    private final Method close;
    private final Method errno;
    private final int flags;

    private ErrorNumber() throws ReflectiveOperationException {
        final Class<?> calls = Class.forName("sun.nio.fs.UnixNativeDispatcher");
        open =
                accessible(
                        calls.getDeclaredMethod(
                                "open",
                                Class.forName("sun.nio.fs.UnixPath"),
                                int.class,
                                int.class));
        write = accessible(calls.getDeclaredMethod("write", int.class, long.class, int.class));
        close = accessible(calls.getDeclaredMethod("close", int.class));
        errno = accessible(Class.forName("sun.nio.fs.UnixException").getDeclaredMethod("errno"));
        flags = constant("O_WRONLY") | constant("O_CREAT") | constant("O_APPEND");
    }

    private static int constant(final String name) throws ReflectiveOperationException {
        final Field field = Class.forName("sun.nio.fs.UnixConstants").getDeclaredField(name);
        return accessible(field).getInt(null);
    }

    private static <T extends AccessibleObject> T accessible(final T object) {
        object.setAccessible(true);
        return object;
    }

    /**
     * Creates a file or makes it longer, as far as that goes.
     *
     * @param file worth nothing, for it is not left as it was.
     * @return a number of {@code errno}, or {@link #NOT_TOLD}.
     */
    static int ofWritingTo(final Path file) {
        try {
            return new ErrorNumber().provoke(file);
        } catch (final ReflectiveOperationException | RuntimeException e) {
            LOGGER.debug("the number of the error is not to be had", e);
            return NOT_TOLD;
        }
    }

    private int provoke(final Path file) throws ReflectiveOperationException {
        final ByteBuffer zeros = ByteBuffer.allocateDirect(BLOCK_LENGTH);
        try {
            final int descriptor = (int) open.invoke(null, file, flags, PERMISSIONS);
            try {
                for (int i = 0; i < MAX_WRITES; i++) {
                    write.invoke(null, descriptor, BufferUtil.address(zeros), BLOCK_LENGTH);
                }
            } finally {
                close.invoke(null, descriptor);
            }
        } catch (final InvocationTargetException e) {
            return (int) errno.invoke(e.getCause());
        }
        return NOT_TOLD;
    }
}
