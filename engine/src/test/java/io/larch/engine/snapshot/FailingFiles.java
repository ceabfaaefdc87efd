package io.larch.engine.snapshot;

import io.larch.engine.disk.Directory;
import io.larch.engine.disk.DiskFile;
import io.larch.engine.disk.NoRoomException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** The real files, but one kind of call fails. */
final class FailingFiles implements Directory {
    private final Directory real;

    /** One of write, force, rename, sync, or nothing. Set while no thread is using the files. */
    volatile String failing = "";

    FailingFiles(final Directory real) {
        this.real = real;
    }

    private void call(final String kind) throws IOException {
        if (failing.equals(kind)) {
            throw new NoRoomException("No space left on device");
        }
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
        final DiskFile file = real.create(name);
        return new DiskFile() {
            @Override
            public long length() throws IOException {
                return file.length();
            }

            @Override
            public int write(final ByteBuffer source, final long position) throws IOException {
                call("write");
                return file.write(source, position);
            }

            @Override
            public void force(final boolean metadata) throws IOException {
                call("force");
                file.force(metadata);
            }

            @Override
            public ByteBuffer map(final boolean writable, final int length) throws IOException {
                return file.map(writable, length);
            }

            @Override
            public void force(final ByteBuffer mapping, final int offset, final int length)
                    throws IOException {
                file.force(mapping, offset, length);
            }

            @Override
            public void unmap(final ByteBuffer mapping) {
                file.unmap(mapping);
            }

            @Override
            public void close() throws IOException {
                file.close();
            }
        };
    }

    @Override
    public DiskFile open(final String name) throws IOException {
        return real.open(name);
    }

    @Override
    public void rename(final String from, final String to) throws IOException {
        call("rename");
        real.rename(from, to);
    }

    @Override
    public void delete(final String name) throws IOException {
        real.delete(name);
    }

    @Override
    public void sync() throws IOException {
        call("sync");
        real.sync();
    }

    @Override
    public String describe() {
        return real.describe();
    }
}
