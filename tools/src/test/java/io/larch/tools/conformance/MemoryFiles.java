package io.larch.tools.conformance;

import io.larch.engine.disk.Directory;
import io.larch.engine.disk.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A directory in memory, for a member that is to be tried without a disk. */
final class MemoryFiles implements Directory {
    private final Map<String, MemoryFile> files = new TreeMap<>();

    @Override
    public void prepare() {}

    @Override
    public Closeable lock() {
        return () -> {};
    }

    @Override
    public synchronized List<String> list() {
        return List.copyOf(files.keySet());
    }

    @Override
    public synchronized DiskFile create(final String name) throws IOException {
        final MemoryFile file = new MemoryFile();
        if (files.putIfAbsent(name, file) != null) {
            throw new FileAlreadyExistsException(name);
        }
        return file;
    }

    @Override
    public synchronized DiskFile open(final String name) throws IOException {
        return existing(name, files.get(name));
    }

    @Override
    public synchronized void rename(final String from, final String to) throws IOException {
        files.put(to, existing(from, files.remove(from)));
    }

    @Override
    public synchronized void delete(final String name) throws IOException {
        existing(name, files.remove(name));
    }

    private static MemoryFile existing(final String name, final MemoryFile file)
            throws IOException {
        if (file == null) {
            throw new NoSuchFileException(name);
        }
        return file;
    }

    @Override
    public void sync() {}

    @Override
    public String describe() {
        return "memory";
    }

    /** A file is mapped at its full length only, so growing it moves nothing that is mapped. */
    private static final class MemoryFile implements DiskFile {
        private ByteBuffer bytes = ByteBuffer.allocateDirect(4096);
        private int length;

        @Override
        public synchronized long length() {
            return length;
        }

        @Override
        public synchronized int write(final ByteBuffer source, final long position) {
            final int count = source.remaining();
            final int end = Math.toIntExact(position + count);
            if (end > bytes.capacity()) {
                final ByteBuffer larger =
                        ByteBuffer.allocateDirect(Math.max(end, bytes.capacity() * 2));
                larger.put(0, bytes, 0, length);
                bytes = larger;
            }
            bytes.duplicate().position((int) position).put(source);
            length = Math.max(length, end);
            return count;
        }

        @Override
        public void force(final boolean metadata) {}

        @Override
        public synchronized ByteBuffer map(final boolean writable, final int length) {
            return bytes.duplicate().clear().limit(length).slice();
        }

        @Override
        public void force(final ByteBuffer mapping, final int offset, final int length) {}

        @Override
        public void unmap(final ByteBuffer mapping) {}

        @Override
        public void close() {}
    }
}
