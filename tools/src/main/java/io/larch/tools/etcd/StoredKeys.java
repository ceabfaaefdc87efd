package io.larch.tools.etcd;

/**
 * What the files of an etcd have.
 *
 * @param cluster its id, as X-Etcd-Cluster-Id has it.
 */
public record StoredKeys(StoredTree tree, String cluster) {}
