package io.larch.tools.transfer;

import java.util.List;

/**
 * Changes that come in one revision.
 *
 * @param isApart whether nothing else may come in it: locks and elections go by the order in which
 *     keys with leases were created.
 */
record KvGroup(List<KvClient.Change> changes, boolean isApart) {
    long length() {
        return changes.stream().mapToLong(KvClient.Change::length).sum();
    }
}
