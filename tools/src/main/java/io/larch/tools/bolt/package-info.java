/**
 * Reads files of bbolt, the database in which an etcd 3 has its keys: buckets of entries in the
 * order of their names, in trees of pages. Only reads, trusts nothing that it reads, and keeps no
 * more of a file in memory than a page's list of entries for each level of a tree.
 *
 * <p>Knows nothing of Larch, nor of what is in the entries.
 *
 * <p>Read first: {@link io.larch.tools.bolt.BoltFile}, then {@link io.larch.tools.bolt.Bucket}.
 */
package io.larch.tools.bolt;
