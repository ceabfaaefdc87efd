/**
 * Copies keys of the v2 API from one store to another: from etcd to Larch, or back. Knows stores as
 * clients do, and the files of an etcd that does not run; no member of Larch.
 *
 * <p>{@link io.larch.tools.transfer.Transfer} makes the target equal to a {@code Picture} of the
 * source by a {@code Reconciliation}, and then applies each {@code Change} that it hears of by a
 * {@code V2Watch}. One thread reads and decides; the {@code Lanes} write, one thread each, so that
 * changes of one key stay in order. What goes wrong is a {@link
 * io.larch.tools.transfer.TransferException}, after which the same transfer may be run again.
 *
 * <p>Read first: {@link io.larch.tools.transfer.Transfer}, then {@code Reconciliation}.
 */
package io.larch.tools.transfer;
