package io.larch.transport.address;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Says which addresses a host has. May be asked by several threads, and may take its time. */
@FunctionalInterface
public interface HostResolver {
    /** As the system does. */
    HostResolver SYSTEM = InetAddress::getAllByName;

    /**
     * @param host a name, or an address; IPv6 without brackets.
     * @return all addresses, the preferred first.
     */
    InetAddress[] resolve(String host) throws UnknownHostException;
}
