package io.larch.tools.server;

import io.larch.tools.flags.ServerConfig;
import io.larch.tools.process.SocketTransport;
import io.larch.tools.process.StartupException;
import java.util.Locale;

/** What serves the sockets of a server that is told so, or nothing. */
final class Sockets {
    private Sockets() {}

    /**
     * What serves a member's.
     *
     * @throws StartupException when it is not to be had.
     */
    static SocketTransport ofMember(final ServerConfig config) {
        final boolean talksByTcp =
                config.tuning().peerTransport() == ServerConfig.PeerProtocol.TCP
                        || config.urls().listenPeer().stream()
                                .anyMatch(url -> url.startsWith("https:"));
        return of(config.tuning().sockets(), talksByTcp);
    }

    /** The same of a proxy's. */
    static SocketTransport ofProxy(final ServerConfig config) {
        return of(config.tuning().sockets(), false);
    }

    /**
     * @param takesOver whether connections that the JDK has accepted come to the event loops, too.
     */
    private static SocketTransport of(final ServerConfig.Sockets wanted, final boolean takesOver) {
        if (wanted == ServerConfig.Sockets.AUTO) {
            return SocketTransport.best(takesOver);
        }
        final SocketTransport sockets = SocketTransport.valueOf(wanted.name());
        final String name = sockets.name().toLowerCase(Locale.ROOT);
        if (takesOver && sockets == SocketTransport.IO_URING) {
            throw new StartupException(
                    "-sockets=" + name + " cannot serve peer URLs at which members talk by TCP");
        }
        if (!sockets.isAvailable()) {
            throw new StartupException("-sockets=" + name + " is not available on this machine");
        }
        return sockets;
    }
}
