package io.larch.tools.transfer;

import io.larch.tools.etcd.DataDirectory;
import io.larch.tools.etcd.EtcdFilesException;
import io.larch.tools.etcd.StoredKeys;
import io.larch.tools.etcd.StoredNode;
import io.larch.tools.etcd.StoredTree;
import io.larch.tools.transfer.TransferException.Kind;
import java.io.IOException;
import java.util.function.Consumer;

/** The files of an etcd that does not run. They are read once, when they are first needed. */
public final class DirectorySource implements Source {
    private final DataDirectory directory;
    private final boolean isWhole;
    private final Consumer<String> told;
    private StoredKeys keys;
    private boolean isSurveyed;

    /**
     * @param isWhole whether entries of the log count that are not known to be committed.
     * @param told is told what was found, and what is left out.
     */
    public DirectorySource(
            final DataDirectory directory, final boolean isWhole, final Consumer<String> told) {
        this.directory = directory;
        this.isWhole = isWhole;
        this.told = told;
    }

    private StoredKeys keys() throws IOException {
        if (keys == null) {
            try {
                keys = directory.read(isWhole, told);
            } catch (final EtcdFilesException e) {
                throw failure(e);
            } catch (final OutOfMemoryError e) {
                throw failure(e);
            }
        }
        return keys;
    }

    /** That the files are no source. */
    static TransferException failure(final EtcdFilesException reason) {
        return new TransferException(kind(reason.kind()), reason.getMessage(), reason);
    }

    /** That there is too much in them. */
    static TransferException failure(final OutOfMemoryError reason) {
        return new TransferException(
                Kind.REFUSED,
                "all keys of the source must fit into memory, and do not;"
                        + " LARCH_JAVA_OPTS=-Xmx8g gives more",
                reason);
    }

    private static Kind kind(final EtcdFilesException.Kind kind) {
        return switch (kind) {
            case UNUSABLE -> Kind.DAMAGED;
            case DAMAGED -> Kind.SOURCE_DAMAGED;
            case UNKNOWN -> Kind.REFUSED;
        };
    }

    /** Whether there is a key or directory of a client. */
    public boolean hasKeys() throws IOException {
        final StoredNode keys = keys().tree().find(StoredTree.KEYS);
        return keys != null && keys.isDirectory() && !keys.children().isEmpty();
    }

    @Override
    public String cluster() throws IOException {
        return keys().cluster();
    }

    @Override
    public long index() throws IOException {
        return keys().tree().index();
    }

    @Override
    public Picture picture(final TransferOptions options) throws IOException {
        if (!isSurveyed) {
            isSurveyed = true;
            new DirectorySurvey(keys().tree(), options.prefix()).tell(told);
        }
        return new TreePicture(keys().tree(), options.prefix());
    }

    /** Files do not change. */
    @Override
    public V2Watch watch(final TransferOptions options, final long afterIndex) {
        throw new UnsupportedOperationException("files have no changes to come");
    }
}
