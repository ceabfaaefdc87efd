package io.larch.transport.frame;

/**
 * How fast snapshots are sent to a peer.
 *
 * @param bytesPerSecond at most.
 * @param stallNanos given up when the peer takes nothing for so long.
 * @param turnNanos looked at so often though nothing arrives.
 */
public record SnapshotPace(long bytesPerSecond, long stallNanos, long turnNanos) {}
