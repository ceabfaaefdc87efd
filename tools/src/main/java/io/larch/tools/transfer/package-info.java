/**
 * Copies keys from one store to another: from etcd to Larch, or back. Knows stores as clients do,
 * and the files of an etcd that does not run; no member of Larch.
 *
 * <p>Of the v2 API: {@link io.larch.tools.transfer.Transfer} makes the target equal to a {@code
 * Picture} of the source by a {@code Reconciliation}, and then applies each {@code Change} that it
 * hears of by a {@code V2Watch}. One thread reads and decides; the {@code Lanes} write, one thread
 * each, so that changes of one key stay in order.
 *
 * <p>Of the v3 API: {@link io.larch.tools.transfer.KvTransfer} does the same by a {@code KvPass}
 * over a {@code KvPicture}, and a {@code KvFollowing} of a {@code KvWatch}. One thread reads,
 * decides and writes, so that changes stay in the order of their revisions; another reads ahead in
 * what a watch tells.
 *
 * <p>What goes wrong is a {@link io.larch.tools.transfer.TransferException}, after which the same
 * transfer may be run again.
 *
 * <p>Read first: {@link io.larch.tools.transfer.Transfer}, then {@code Reconciliation}; {@link
 * io.larch.tools.transfer.KvTransfer}, then {@code KvPass}.
 */
package io.larch.tools.transfer;
