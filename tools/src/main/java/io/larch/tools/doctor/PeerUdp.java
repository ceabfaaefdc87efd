package io.larch.tools.doctor;

import io.larch.tools.flags.ServerConfig;

/** Whether, and by how much, a member talks to others by UDP. */
final class PeerUdp {
    /** Of the datagrams to other machines, without headers; between members on one, longer. */
    static final int DATAGRAM_BYTES = 1_408;

    /** What each direction of a socket should hold. */
    static final long BUFFER_BYTES = 2L << 20;

    /** Of the buffers that members share with their driver. */
    static final long SHARED_BYTES = 169L << 20;

    private PeerUdp() {}

    /** Neither is a member by itself, nor one that only talks TLS or TCP. */
    static boolean isUsed(final ServerConfig config) {
        return config.tuning().peerTransport() == ServerConfig.PeerProtocol.UDP
                && config.proxy().mode() == ServerConfig.ProxyMode.OFF
                && !isAlone(config)
                && config.urls().listenPeer().stream().anyMatch(url -> url.startsWith("http:"));
    }

    private static boolean isAlone(final ServerConfig config) {
        return config.bootstrap().cluster().urlsByName().size() == 1
                && !config.bootstrap().discovery().hasUrl()
                && !config.bootstrap().discovery().hasSrvDomain();
    }
}
