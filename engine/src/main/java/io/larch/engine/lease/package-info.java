/**
 * Leases of the v3 API: which there are, when each ends, and the keys that hang on it ({@link
 * io.larch.engine.lease.LeaseTable}), by a clock of their own that stands still while nobody leads
 * ({@link io.larch.engine.lease.LeaseClock}). What becomes of the keys when a lease ends is for
 * others to say: here they are bytes.
 *
 * <p>On the engine thread, and replicated: it depends on what is applied alone. Knows {@code codec}
 * and nothing else of the engine.
 *
 * <p>Read first: {@link io.larch.engine.lease.LeaseTable}.
 */
package io.larch.engine.lease;
