/**
 * Two transports of one member, so that a cluster can go from http peer URLs to https ones, a
 * member at a time. Runs on the thread that drives both. Knows the engine's port and what both
 * transports do for a peer; neither of them.
 *
 * <p>Read first: {@link io.larch.transport.mixed.MixedPeerTransport}.
 */
package io.larch.transport.mixed;
