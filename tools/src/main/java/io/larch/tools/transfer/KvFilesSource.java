package io.larch.tools.transfer;

import io.larch.tools.etcd.EtcdFilesException;
import io.larch.tools.etcd.KvFiles;
import io.larch.tools.etcd.kv.KvEntry;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The v3 keys in the files of an etcd that does not run. They stay open until this is closed. */
public final class KvFilesSource implements KvSource, Closeable {
    private final KvFiles files;
    private final KvFiles.Found found;

    private KvFilesSource(final KvFiles files, final KvFiles.Found found) {
        this.files = files;
        this.found = found;
    }

    /**
     * Reads all but the values.
     *
     * @param isWhole whether entries of the log count that are not known to be committed.
     * @param told is told what was found, and what is left out.
     * @throws TransferException if that is not possible.
     */
    public static KvFilesSource open(
            final KvFiles files, final boolean isWhole, final Consumer<String> told)
            throws TransferException {
        try {
            return new KvFilesSource(files, files.read(isWhole, told));
        } catch (final EtcdFilesException e) {
            throw DirectorySource.failure(e);
        } catch (final OutOfMemoryError e) {
            throw DirectorySource.failure(e);
        }
    }

    /** Whether there is a key or a lease. */
    public boolean hasKeys() {
        return !found.store().keys().isEmpty() || !found.store().leases().isEmpty();
    }

    @Override
    public String cluster() {
        return found.cluster();
    }

    @Override
    public long revision() {
        return found.store().revision();
    }

    @Override
    public KvPicture picture(final KvRange range) {
        return new FilesPicture(range.of(found.store()).iterator());
    }

    @Override
    public Set<Long> leases() {
        return found.store().leases().keySet();
    }

    @Override
    public long grantedSeconds(final long lease) {
        return found.store().hasLease(lease) ? Math.max(1, found.store().leases().get(lease)) : 0;
    }

    /** There is nobody who could end the key. */
    @Override
    public boolean hasOutlivedLease(final KvEntry entry) {
        return !found.store().hasLease(entry.lease());
    }

    @Override
    public KvWatch watch(final KvRange range, final long afterRevision, final Duration quiet) {
        throw new UnsupportedOperationException("files do not change");
    }

    private final class FilesPicture implements KvPicture {
        private final Iterator<KvEntry> entries;

        FilesPicture(final Iterator<KvEntry> entries) {
            this.entries = entries;
        }

        @Override
        public long revision() {
            return found.store().revision();
        }

        @Override
        public KvEntry next() {
            return entries.hasNext() ? entries.next() : null;
        }

        @Override
        public List<byte[]> values(final List<KvEntry> some) throws IOException {
            final List<byte[]> values = new ArrayList<>();
            for (final KvEntry entry : some) {
                values.add(found.store().value(entry));
            }
            return values;
        }

        @Override
        public boolean hasLease(final long id) {
            return found.store().hasLease(id);
        }

        @Override
        public void refuseChanged() throws TransferException {
            try {
                files.refuseChanged(found);
            } catch (final EtcdFilesException e) {
                throw DirectorySource.failure(e);
            }
        }
    }

    @Override
    public void close() throws IOException {
        found.store().close();
    }
}
