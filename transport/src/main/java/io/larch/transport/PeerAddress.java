package io.larch.transport;

import java.net.Inet6Address;
import java.net.InetAddress;

/** Where a peer hears datagrams. */
record PeerAddress(InetAddress host, int port) {
    String channel(final AeronContext context) {
        return "aeron:udp?endpoint=" + this + "|mtu=" + context.mtuLength(host.isLoopbackAddress());
    }

    @Override
    public String toString() {
        final String text = host.getHostAddress();
        return (host instanceof Inet6Address ? "[" + text + "]" : text) + ":" + port;
    }
}
