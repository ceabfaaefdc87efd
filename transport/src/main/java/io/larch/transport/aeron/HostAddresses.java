package io.larch.transport.aeron;

import io.larch.transport.address.PeerUrl;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds the addresses of this host at which peers may look for a member that listens at all of
 * them: those of its interfaces, and those it advertises itself, which need not be on an interface
 * (all of 127.0.0.0/8 is this host, and whatever has a local route).
 *
 * <p>Not threadsafe.
 */
final class HostAddresses {
    private final List<PeerUrl> advertised;
    private final Interfaces interfaces;
    private Set<InetAddress> last = Set.of();

    /**
     * @param advertised where peers are told to look.
     */
    HostAddresses(final List<PeerUrl> advertised, final Interfaces interfaces) {
        this.advertised = List.copyOf(advertised);
        this.interfaces = interfaces;
    }

    /** What the system says of its interfaces. */
    @FunctionalInterface
    interface Interfaces {
        /** The addresses of all of them. */
        List<InetAddress> addresses() throws IOException;

        /** Those of the machine, or the network namespace. */
        static List<InetAddress> ofSystem() throws IOException {
            return NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .toList();
        }
    }

    /**
     * Looks now: a few system calls for each interface, and the network when names are asked for.
     *
     * @param withNames whether advertised names are looked up, too.
     * @return those that a socket can have, the advertised first.
     * @throws IOException when the system does not tell.
     */
    Set<InetAddress> look(final boolean withNames) throws IOException {
        final Set<InetAddress> found = new LinkedHashSet<>();
        final List<InetAddress> present = new ArrayList<>();
        for (final InetAddress address : interfaces.addresses()) {
            if (!address.isLinkLocalAddress()) {
                present.add(withoutScope(address));
            }
        }
        for (final PeerUrl url : advertised) {
            if (withNames || url.isLiteral()) {
                for (final InetAddress address : addressesOf(url)) {
                    addUsable(found, address, present);
                }
            }
        }
        for (final InetAddress address : present) {
            addUsable(found, address, present);
        }
        last = found;
        return found;
    }

    private void addUsable(
            final Set<InetAddress> found,
            final InetAddress address,
            final List<InetAddress> present) {
        final boolean isKnown = last.contains(address) && present.contains(address);
        if (!address.isAnyLocalAddress() && (isKnown || canBind(address))) {
            found.add(address);
        }
    }

    private static List<InetAddress> addressesOf(final PeerUrl url) {
        try {
            return List.of(InetAddress.getAllByName(url.host()));
        } catch (final UnknownHostException e) {
            // Nobody can look for this member there either; the next look may find it.
            return List.of();
        }
    }

    /** Not so for addresses of others, and for new IPv6 addresses in their first second or two. */
    private static boolean canBind(final InetAddress address) {
        try (DatagramChannel channel = DatagramChannel.open(family(address))) {
            channel.bind(new InetSocketAddress(address, 0));
            return true;
        } catch (final IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** Of the sockets that can have an address. */
    static ProtocolFamily family(final InetAddress address) {
        return address instanceof Inet6Address
                ? StandardProtocolFamily.INET6
                : StandardProtocolFamily.INET;
    }

    /** The system names the interface of each IPv6 address; only link-local ones need it. */
    private static InetAddress withoutScope(final InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        try {
            return InetAddress.getByAddress(address.getAddress());
        } catch (final UnknownHostException e) {
            throw new IllegalStateException("an address of a wrong length: " + address, e);
        }
    }
}
