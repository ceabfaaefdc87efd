package io.larch.transport;

import java.net.Inet6Address;
import java.net.InetAddress;

/** Where a peer hears datagrams. */
record PeerAddress(InetAddress host, int port) {
    /**
     * A channel to send there, from a port of its own: what lies between may remember for each port
     * where it led to.
     *
     * @param tag the streams of one channel share it, and those of no other channel.
     */
    String channel(final AeronContext context, final long tag) {
        return "aeron:udp?endpoint="
                + this
                + (host instanceof Inet6Address ? "|control=[::]:0" : "|control=0.0.0.0:0")
                + "|tags="
                + tag
                + "|mtu="
                + context.mtuLength(host.isLoopbackAddress());
    }

    @Override
    public String toString() {
        final String text = host.getHostAddress();
        return (host instanceof Inet6Address ? "[" + text + "]" : text) + ":" + port;
    }
}
