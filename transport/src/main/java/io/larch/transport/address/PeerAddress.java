package io.larch.transport.address;

import java.net.Inet6Address;
import java.net.InetAddress;

/** Where a peer hears datagrams. */
public record PeerAddress(InetAddress host, int port) {
    @Override
    public String toString() {
        final String text = host.getHostAddress();
        return (host instanceof Inet6Address ? "[" + text + "]" : text) + ":" + port;
    }
}
