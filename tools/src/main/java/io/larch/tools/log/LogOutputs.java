package io.larch.tools.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Opens what a log is written to. What is wrong is told in etcd's words. */
public final class LogOutputs {
    private static final Path JOURNAL_SOCKET = Path.of("/run/systemd/journal/socket");

    /** Set when the standard error is a stream of the journal's. */
    private static final String IN_JOURNAL = "JOURNAL_STREAM";

    private LogOutputs() {}

    /**
     * Checks, without making anything, what {@link #open} would.
     *
     * @throws IOException saying what could not be opened.
     */
    public static void check(final LogTarget target) throws IOException {
        for (final String file : target.files()) {
            final Path path = Path.of(file).toAbsolutePath();
            if (Files.isDirectory(path)) {
                throw unopened(file, "is a directory");
            }
            if (!Files.isDirectory(path.getParent())) {
                throw unopened(file, "no such file or directory");
            }
            if (!Files.isWritable(Files.exists(path) ? path : path.getParent())) {
                throw unopened(file, "permission denied");
            }
        }
        if (target.outputs().contains(LogTarget.JOURNAL) && !Files.exists(JOURNAL_SOCKET)) {
            throw new IOException(
                    "can't find journal (dial unixgram "
                            + JOURNAL_SOCKET
                            + ": connect: no such file or directory)");
        }
    }

    private static IOException unopened(final String file, final String why) {
        return new IOException("open sink \"" + file + "\": open " + file + ": " + why);
    }

    /**
     * Opens all outputs as one.
     *
     * @throws IOException saying what could not be opened.
     */
    static OutputStream open(final LogTarget target) throws IOException {
        check(target);
        final List<OutputStream> streams = new ArrayList<>();
        for (final String output : target.outputs()) {
            streams.add(open(output, target));
        }
        return streams.size() == 1 ? streams.get(0) : new Copies(streams);
    }

    private static OutputStream open(final String output, final LogTarget target)
            throws IOException {
        return switch (output) {
            // Never closed: they end with the JVM.
            case LogTarget.DEFAULT, LogTarget.STDERR -> new FileOutputStream(FileDescriptor.err);
            case LogTarget.STDOUT -> new FileOutputStream(FileDescriptor.out);
            case LogTarget.JOURNAL -> journal();
            default ->
                    target.rotation().isPresent()
                            ? new RotatingFile(Path.of(output), target.rotation().get())
                            : new FileOutputStream(output, true);
        };
    }

    private static OutputStream journal() throws IOException {
        return System.getenv(IN_JOURNAL) != null
                ? new FileOutputStream(FileDescriptor.err)
                : new ProcessBuilder("systemd-cat", "--identifier=larchd")
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .getOutputStream();
    }

    /** Writes everything to each; one that fails does not keep it from the others. */
    private static final class Copies extends OutputStream {
        private final List<OutputStream> streams;

        Copies(final List<OutputStream> streams) {
            this.streams = List.copyOf(streams);
        }

        @Override
        public void write(final int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(final byte[] bytes, final int offset, final int length)
                throws IOException {
            IOException failure = null;
            for (final OutputStream stream : streams) {
                try {
                    stream.write(bytes, offset, length);
                    stream.flush();
                } catch (final IOException e) {
                    failure = e;
                }
            }
            if (failure != null) {
                throw failure;
            }
        }

        @Override
        public void close() throws IOException {
            for (final OutputStream stream : streams) {
                stream.close();
            }
        }
    }
}
