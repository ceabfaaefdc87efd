package io.larch.engine;

import io.larch.engine.disk.Directory;
import io.larch.engine.disk.DiskFile;
import io.larch.engine.disk.LocalDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * Real files that outlive a process but not a power failure: nothing waits for the disk. A test may
 * have a kind of call fail.
 */
final class QuickFiles implements Directory {
    private final Directory real;

    /** Calls of {@link #renamesUntilCrash} and the like end in this. */
    static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("the process ends here");
        }
    }

    /** Renames that still work; -1: all. */
    int renamesUntilCrash = -1;

    /** Writes to the log that still work; -1: all. */
    int writesUntilCrash = -1;

    QuickFiles(final Path directory) {
        real = new LocalDirectory(directory);
    }

    private static int next(final int left) {
        if (left == 0) {
            throw new Crash();
        }
        return left < 0 ? left : left - 1;
    }

    @Override
    public void prepare() throws IOException {
        real.prepare();
    }

    @Override
    public Closeable lock() throws IOException {
        return real.lock();
    }

    @Override
    public List<String> list() throws IOException {
        return real.list();
    }

    @Override
    public DiskFile create(final String name) throws IOException {
        return new Quick(real.create(name));
    }

    @Override
    public DiskFile open(final String name) throws IOException {
        return new Quick(real.open(name));
    }

    @Override
    public void rename(final String from, final String to) throws IOException {
        renamesUntilCrash = next(renamesUntilCrash);
        real.rename(from, to);
    }

    @Override
    public void delete(final String name) throws IOException {
        real.delete(name);
    }

    @Override
    public void sync() {}

    @Override
    public String describe() {
        return real.describe();
    }

    private final class Quick implements DiskFile {
        private final DiskFile file;

        Quick(final DiskFile file) {
            this.file = file;
        }

        @Override
        public long length() throws IOException {
            return file.length();
        }

        @Override
        public int read(final ByteBuffer target, final long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public int write(final ByteBuffer source, final long position) throws IOException {
            writesUntilCrash = next(writesUntilCrash);
            return file.write(source, position);
        }

        @Override
        public void force(final boolean metadata) {}

        @Override
        public ByteBuffer map(final boolean writable, final int length) throws IOException {
            return file.map(writable, length);
        }

        @Override
        public void force(final ByteBuffer mapping, final int offset, final int length) {}

        @Override
        public void unmap(final ByteBuffer mapping) {
            file.unmap(mapping);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
