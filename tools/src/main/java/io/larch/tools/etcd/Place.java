package io.larch.tools.etcd;

import java.nio.file.Path;

/** Where in a file of the log a record begins. */
record Place(Path file, long offset) {
    EtcdFilesException damaged(final String what) {
        return EtcdFilesException.damaged(this + ": " + what);
    }

    @Override
    public String toString() {
        return file + " at offset " + offset;
    }
}
