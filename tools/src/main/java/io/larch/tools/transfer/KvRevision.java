package io.larch.tools.transfer;

import io.larch.tools.etcd.kv.KvEntry;
import java.util.List;

/**
 * What became of keys in one revision.
 *
 * @param changes each of another key; see {@link #isDeletion}.
 */
record KvRevision(long number, List<KvEntry> changes) {
    /** Of what is deleted only key and revision are told; a key that is there has a version. */
    static boolean isDeletion(final KvEntry change) {
        return change.version() == 0;
    }
}
