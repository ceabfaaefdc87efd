package io.larch.engine.wal;

import io.larch.engine.disk.Directory;
import io.larch.engine.disk.DirectoryLockedException;
import io.larch.engine.disk.DiskFile;
import io.larch.engine.disk.NoRoomException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A directory in memory that knows what is durable: what was written shows at once, and a {@link
 * #crash} keeps of it what was synced and any sectors of the rest. Writes, syncs and space can be
 * made to fail.
 */
final class SimulatedDirectory implements Directory {
    private static final int SECTOR_LENGTH = 512;

    /** Names as the running process sees them, and as the disk has them. */
    private Map<String, Content> names = new TreeMap<>();

    private Map<String, Content> durableNames = new TreeMap<>();
    private boolean locked;
    long freeBytes = Long.MAX_VALUE;
    int writesUntilFailure = -1;
    int forcesUntilFailure = -1;
    int longestWrite = Integer.MAX_VALUE;
    int forceCount;
    int createCount;

    /** What creating a file ends with, or null. */
    IOException createFailure;

    private static final class Content {
        private byte[] durable = new byte[0];
        private ByteBuffer bytes = ByteBuffer.allocateDirect(0);

        byte[] copy() {
            final byte[] copy = new byte[bytes.capacity()];
            bytes.duplicate().clear().get(copy);
            return copy;
        }

        void replace(final byte[] content) {
            bytes = ByteBuffer.allocateDirect(content.length);
            bytes.duplicate().put(content);
        }
    }

    /** The disk as it is, for another life of the process. */
    SimulatedDirectory copy() {
        final SimulatedDirectory copy = new SimulatedDirectory();
        names.forEach((name, content) -> copy.put(name, content.copy()));
        return copy;
    }

    /** Puts a durable file in place. */
    void put(final String name, final byte[] bytes) {
        final Content content = new Content();
        content.durable = bytes.clone();
        content.replace(bytes);
        names.put(name, content);
        durableNames.put(name, content);
    }

    byte[] get(final String name) {
        return names.get(name).copy();
    }

    List<String> segmentNames() {
        return names.keySet().stream().filter(WalSegment::isName).toList();
    }

    /**
     * The power fails: of what was not synced, each sector is kept or not, as the random numbers
     * have it.
     */
    void crash(final SplittableRandom random) {
        locked = false;
        final boolean keepNames = random.nextBoolean();
        names = new TreeMap<>(keepNames ? names : durableNames);
        final int keepPercent = random.nextInt(3) * 50;
        for (final Content content : names.values()) {
            final byte[] newest = content.copy();
            final byte[] kept = Arrays.copyOf(content.durable, newest.length);
            for (int at = 0; at < kept.length; at += SECTOR_LENGTH) {
                if (random.nextInt(100) < keepPercent) {
                    final int length = Math.min(SECTOR_LENGTH, kept.length - at);
                    System.arraycopy(newest, at, kept, at, length);
                }
            }
            content.durable = kept;
            content.replace(kept);
        }
        durableNames = new TreeMap<>(names);
    }

    /** The process is killed: nothing that was written is lost. */
    void kill() {
        locked = false;
    }

    @Override
    public void prepare() {}

    @Override
    public Closeable lock() {
        if (locked) {
            throw new DirectoryLockedException("locked");
        }
        locked = true;
        return () -> locked = false;
    }

    @Override
    public List<String> list() {
        return new ArrayList<>(names.keySet());
    }

    @Override
    public DiskFile create(final String name) throws IOException {
        if (names.containsKey(name)) {
            throw new IOException("exists: " + name);
        }
        if (createFailure != null) {
            throw createFailure;
        }
        createCount++;
        final Content content = new Content();
        names.put(name, content);
        return new SimulatedFile(content);
    }

    @Override
    public DiskFile open(final String name) throws IOException {
        if (!names.containsKey(name)) {
            throw new IOException("no such file: " + name);
        }
        return new SimulatedFile(names.get(name));
    }

    @Override
    public void rename(final String from, final String to) throws IOException {
        if (!names.containsKey(from)) {
            throw new IOException("no such file: " + from);
        }
        names.put(to, names.remove(from));
    }

    @Override
    public void delete(final String name) {
        final Content content = names.remove(name);
        if (content != null && freeBytes != Long.MAX_VALUE) {
            freeBytes += content.bytes.capacity();
        }
    }

    @Override
    public void sync() throws IOException {
        countForce();
        durableNames = new TreeMap<>(names);
    }

    @Override
    public String describe() {
        return "simulated";
    }

    private void countForce() throws IOException {
        forceCount++;
        if (forcesUntilFailure >= 0 && forcesUntilFailure-- == 0) {
            throw new IOException("Input/output error");
        }
    }

    private final class SimulatedFile implements DiskFile {
        private final Content content;

        SimulatedFile(final Content content) {
            this.content = content;
        }

        @Override
        public long length() {
            return content.bytes.capacity();
        }

        @Override
        public int write(final ByteBuffer source, final long position) throws IOException {
            if (writesUntilFailure >= 0 && writesUntilFailure-- == 0) {
                throw new IOException("Input/output error");
            }
            final int length = Math.min(source.remaining(), longestWrite);
            final long end = position + length;
            if (end > content.bytes.capacity()) {
                final long more = end - content.bytes.capacity();
                if (more > freeBytes) {
                    throw new NoRoomException("No space left on device");
                }
                if (freeBytes != Long.MAX_VALUE) {
                    freeBytes -= more;
                }
                content.replace(Arrays.copyOf(content.copy(), (int) end));
            }
            final ByteBuffer slice = source.duplicate().limit(source.position() + length);
            content.bytes.duplicate().position((int) position).put(slice);
            source.position(source.position() + length);
            return length;
        }

        @Override
        public void force(final boolean metadata) throws IOException {
            countForce();
            content.durable = content.copy();
        }

        @Override
        public ByteBuffer map(final boolean writable, final int length) {
            return content.bytes.duplicate().clear().limit(length).slice();
        }

        @Override
        public void force(final ByteBuffer mapping, final int offset, final int length)
                throws IOException {
            countForce();
            content.durable = Arrays.copyOf(content.durable, content.bytes.capacity());
            content.bytes.duplicate().clear().position(offset).get(content.durable, offset, length);
        }

        @Override
        public void unmap(final ByteBuffer mapping) {}

        @Override
        public void close() {}
    }
}
