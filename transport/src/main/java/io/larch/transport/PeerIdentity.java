package io.larch.transport;

/** Who speaks: what every frame of this member carries. */
record PeerIdentity(long clusterId, long memberId, long incarnation) {}
