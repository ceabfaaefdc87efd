package io.larch.tools.transfer;

import io.larch.tools.etcd.EtcdFilesException;
import io.larch.tools.etcd.KvFiles;
import io.larch.tools.etcd.kv.KvStore;
import java.io.Closeable;
import java.io.IOException;
import java.util.function.Consumer;

/** The v3 keys in the files of an etcd that does not run. They stay open until this is closed. */
public final class KvSource implements Closeable {
    private final KvFiles files;
    private final KvFiles.Found found;

    private KvSource(final KvFiles files, final KvFiles.Found found) {
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
    public static KvSource open(
            final KvFiles files, final boolean isWhole, final Consumer<String> told)
            throws TransferException {
        try {
            return new KvSource(files, files.read(isWhole, told));
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

    KvStore store() {
        return found.store();
    }

    String cluster() {
        return found.cluster();
    }

    /**
     * To be called behind the last value that was read.
     *
     * @throws TransferException if these may be of other files.
     */
    void refuseChanged() throws TransferException {
        try {
            files.refuseChanged(found);
        } catch (final EtcdFilesException e) {
            throw DirectorySource.failure(e);
        }
    }

    @Override
    public void close() throws IOException {
        found.store().close();
    }
}
