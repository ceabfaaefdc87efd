package io.larch.transport.frame;

/** Who speaks: what every frame of this member carries. */
public record PeerIdentity(long clusterId, long memberId, long incarnation) {}
