package io.larch.tools.bootstrap.discovery;

import io.larch.engine.member.InitialCluster;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the first members of a cluster in the SRV records of a domain: {@code
 * _etcd-server-ssl._tcp} names those with https, {@code _etcd-server._tcp} those with http. The one
 * at an address of this member's own gets its name, the others are numbered.
 */
public final class SrvDiscovery {
    private static final Logger LOG = LoggerFactory.getLogger(SrvDiscovery.class);

    private final String name;
    private final List<String> advertisedUrls;
    private final SrvLookup dns;
    private final List<String> parts = new ArrayList<>();
    private int nextNumber;

    /**
     * @param name of this member.
     * @param advertisedUrls where it will be found by the others.
     */
    public SrvDiscovery(final String name, final List<String> advertisedUrls, final SrvLookup dns) {
        this.name = name;
        this.advertisedUrls = List.copyOf(advertisedUrls);
        this.dns = dns;
    }

    /**
     * Asks the DNS.
     *
     * @throws DiscoveryException when it knows neither kind of record.
     */
    public InitialCluster find(final String domain) throws DiscoveryException {
        final Map<String, String> ownUrlByAddress = ownAddresses();
        final List<String> failures = new ArrayList<>();
        add("etcd-server-ssl", "https", domain, ownUrlByAddress, failures);
        add("etcd-server", "http", domain, ownUrlByAddress, failures);
        if (failures.size() == 2) {
            failures.forEach(LOG::warn);
            throw DiscoveryException.other(
                    "SRV discovery failed: too many errors querying DNS SRV records");
        }
        try {
            return InitialCluster.parse(String.join(",", parts));
        } catch (final IllegalArgumentException e) {
            throw DiscoveryException.other(e.getMessage());
        }
    }

    private Map<String, String> ownAddresses() throws DiscoveryException {
        final Map<String, String> urlByAddress = new HashMap<>();
        for (final String url : advertisedUrls) {
            final String authority = url.substring(url.indexOf("://") + "://".length());
            final int colon = authority.lastIndexOf(':');
            try {
                urlByAddress.put(
                        address(
                                bare(authority.substring(0, colon)),
                                Integer.parseInt("0" + authority.substring(colon + 1))),
                        url);
            } catch (final UnknownHostException e) {
                throw DiscoveryException.other(
                        "couldn't resolve host " + authority + " during SRV discovery");
            }
        }
        return urlByAddress;
    }

    private void add(
            final String service,
            final String scheme,
            final String domain,
            final Map<String, String> ownUrlByAddress,
            final List<String> failures) {
        final List<SrvLookup.Target> targets;
        try {
            targets = dns.lookup("_" + service + "._tcp." + domain);
        } catch (final SrvLookup.NoRecordsException e) {
            failures.add("error querying DNS SRV records for _" + service + " " + e.getMessage());
            return;
        }
        for (final SrvLookup.Target target : targets) {
            add(target, service, scheme, ownUrlByAddress);
        }
    }

    private void add(
            final SrvLookup.Target target,
            final String service,
            final String scheme,
            final Map<String, String> ownUrlByAddress) {
        final String url = scheme + "://" + target.host() + ":" + target.port();
        final String own;
        try {
            own = ownUrlByAddress.get(address(target.host(), target.port()));
        } catch (final UnknownHostException e) {
            LOG.warn(
                    "couldn't resolve host {}:{} during SRV discovery",
                    target.host(),
                    target.port());
            return;
        }
        parts.add((own == null ? String.valueOf(nextNumber++) : name) + "=" + url);
        LOG.info(Notice.MARKER, "got bootstrap from DNS for {} at {}", service, url);
        if (own != null && !own.startsWith(scheme + "://")) {
            LOG.error(
                    "bootstrap at {} from DNS for {} has scheme mismatch with expected peer {}",
                    url,
                    service,
                    own);
        }
    }

    private static String address(final String host, final int port) throws UnknownHostException {
        return InetAddress.getByName(host).getHostAddress() + ":" + port;
    }

    private static String bare(final String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }
}
