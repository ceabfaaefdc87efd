package io.larch.tools.faults;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.system.Servers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A network for one test, in which each member of a cluster is a host of its own: a network
 * namespace with one link to a router, which is a namespace, too. The router can be told to throw
 * away what one host sends to another, whatever the protocol, and nobody is told. The test itself
 * reaches all hosts all the time. Needs root.
 *
 * <p>Members are numbered from 1. Not threadsafe.
 */
final class PartitionedNetwork implements AfterEachCallback {
    private static final boolean IS_ROOT = "root".equals(System.getProperty("user.name"));
    private static final Pattern OURS = Pattern.compile("larch-(\\d+)-[\\w-]+");

    /** Networks for tests of networks: 198.18.0.0/15; one for each test at the same time. */
    private static final int NETWORKS = 250;

    private static final AtomicInteger MADE = new AtomicInteger();

    private final long pid = ProcessHandle.current().pid();
    private final String name = "larch-" + pid + "-" + MADE.incrementAndGet();
    private final List<String> namespaces = new ArrayList<>();
    private final List<String> cuts = new ArrayList<>();
    private final Map<Integer, Integer> published = new HashMap<>();
    private int network;

    /** Makes the network. The test is skipped without root, unless it must not be skipped here. */
    PartitionedNetwork create(final int members) throws IOException {
        if (!IS_ROOT) {
            assumeTrue(Servers.arePeersRequired(), "needs root for network namespaces");
            throw new IOException("no network namespaces without root");
        }
        removeLeftBehind();
        addNamespace(router());
        ip("netns", "exec", router(), "sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward");
        linkTest();
        for (int member = 1; member <= members; member++) {
            linkMember(member);
        }
        return this;
    }

    /** What a test process left that was killed. */
    private static void removeLeftBehind() throws IOException {
        final Matcher names = OURS.matcher(ip("netns", "list"));
        while (names.find()) {
            if (ProcessHandle.of(Long.parseLong(names.group(1))).isEmpty()) {
                ip("netns", "del", names.group());
            }
        }
    }

    private void addNamespace(final String name) throws IOException {
        ip("netns", "add", name);
        namespaces.add(name);
        ip("-n", name, "link", "set", "lo", "up");
    }

    /** The test is host 0; the name of its link shows which networks are taken. */
    private void linkTest() throws IOException {
        synchronized (PartitionedNetwork.class) {
            takeNetwork();
        }
        ip("-n", router(), "addr", "add", address(1) + "/30", "dev", link(0));
        ip("-n", router(), "link", "set", link(0), "up");
        ip("addr", "add", address(2) + "/30", "dev", link(0));
        ip("link", "set", link(0), "up");
        ip("route", "add", address(0) + "/24", "via", address(1));
    }

    private void takeNetwork() throws IOException {
        for (network = (int) (pid % NETWORKS); ; network = (network + 1) % NETWORKS) {
            if (!Files.exists(Path.of("/sys/class/net", link(0)))) {
                break;
            }
        }
        ip("link", "add", link(0), "type", "veth", "peer", "name", link(0), "netns", router());
    }

    private void linkMember(final int member) throws IOException {
        final String host = namespace(member);
        addNamespace(host);
        ip(
                "link",
                "add",
                link(member),
                "netns",
                router(),
                "type",
                "veth",
                "peer",
                "name",
                "eth0",
                "netns",
                host);
        ip("-n", router(), "addr", "add", gateway(member) + "/30", "dev", link(member));
        ip("-n", router(), "link", "set", link(member), "up");
        ip("-n", host, "addr", "add", host(member) + "/30", "dev", "eth0");
        ip("-n", host, "link", "set", "eth0", "up");
        ip("-n", host, "route", "add", "default", "via", gateway(member));
    }

    private String router() {
        return name + "-router";
    }

    private String namespace(final int member) {
        return name + "-m" + member;
    }

    private String link(final int member) {
        return "larch" + network + "m" + member;
    }

    private String address(final int last) {
        return "198.18." + network + "." + last;
    }

    private String gateway(final int member) {
        return address(4 * member + 1);
    }

    /** The address of a member. */
    String host(final int member) {
        return address(4 * member + 2);
    }

    /** One more address for the host of a member, of its own network; it does not have it yet. */
    String secondHost(final int member) {
        return "198.19." + network + "." + member;
    }

    /** Gives an address to the host of a member, on its link {@code eth0} or on {@code lo}. */
    void addAddress(final int member, final String address, final String device)
            throws IOException {
        final boolean isIpv6 = address.indexOf(':') >= 0;
        final String width = isIpv6 ? "/128" : "/32";
        final String via = isIpv6 ? ipv6Host(member) : host(member);
        ip("-n", router(), "route", "replace", address + width, "via", via);
        ip("-n", namespace(member), "addr", "add", address + width, "dev", device);
    }

    /** Takes an address from the host of a member; it stays routed there. */
    void removeAddress(final int member, final String address, final String device)
            throws IOException {
        final String width = address.indexOf(':') >= 0 ? "/128" : "/32";
        ip("-n", namespace(member), "addr", "del", address + width, "dev", device);
    }

    /** Whether hosts can have addresses of IPv6 on this machine. */
    static boolean hasIpv6() {
        return Files.exists(Path.of("/proc/net/if_inet6"));
    }

    /** Gives all hosts an address of IPv6, {@link #ipv6Host}. */
    void linkIpv6(final int members) throws IOException {
        for (int member = 1; member <= members; member++) {
            final String host = namespace(member);
            ip("-n", router(), "addr", "add", ipv6(member, 1), "dev", link(member), "nodad");
            ip("-n", host, "addr", "add", ipv6(member, 2), "dev", "eth0", "nodad");
            ip("-n", host, "-6", "route", "add", "default", "via", ipv6Gateway(member));
        }
        final String forwarding = "/proc/sys/net/ipv6/conf/all/forwarding";
        ip("netns", "exec", router(), "sh", "-c", "echo 1 >" + forwarding);
    }

    private String ipv6(final int member, final int last) {
        return "fd98:18:" + network + ":" + member + "::" + last + "/64";
    }

    private String ipv6Gateway(final int member) {
        return ipv6(member, 1).replace("/64", "");
    }

    /** The address of IPv6 of a member. */
    String ipv6Host(final int member) {
        return ipv6(member, 2).replace("/64", "");
    }

    /** One more address of IPv6 for the host of a member; it does not have it yet. */
    String secondIpv6Host(final int member) {
        return ipv6(member, 3).replace("/64", "");
    }

    /** The words in front of a command that is to run on the host of a member. */
    List<String> launcher(final int member) {
        return List.of("ip", "netns", "exec", namespace(member));
    }

    /** Loses what one member sends to another, until {@link #heal}. */
    void cutOneWay(final int from, final int to) throws IOException {
        cuts.add(from + " " + to);
        rule("add", from, to);
    }

    /** Loses what two members send each other. */
    void cut(final int one, final int other) throws IOException {
        cutOneWay(one, other);
        cutOneWay(other, one);
    }

    /** Loses what members send each other by UDP only, until the end. */
    void cutUdp(final int one, final int other) throws IOException {
        udpRule(one, other);
        udpRule(other, one);
    }

    private void udpRule(final int from, final int to) throws IOException {
        final String[] rule = {"iif", link(from), "to", host(to), "ipproto", "udp", "blackhole"};
        final List<String> command = new ArrayList<>(List.of("-n", router(), "rule", "add"));
        command.addAll(List.of(rule));
        ip(command.toArray(new String[0]));
    }

    /** Loses nothing any more. */
    void heal() throws IOException {
        for (final String cut : cuts) {
            final String[] members = cut.split(" ");
            rule("del", Integer.parseInt(members[0]), Integer.parseInt(members[1]));
        }
        cuts.clear();
    }

    private void rule(final String change, final int from, final int to) throws IOException {
        ip("-n", router(), "rule", change, "iif", link(from), "to", host(to), "blackhole");
    }

    /** An address of the router, for {@link #publish}. */
    String publicHost() {
        return address(1);
    }

    /**
     * Leads those who come to a port of {@link #publicHost} to the same port of a member, in place
     * of the member before. Those who had come already are led to where they were.
     */
    void publish(final int port, final int member) throws IOException {
        final Integer before = published.put(port, member);
        for (final String protocol : List.of("udp", "tcp")) {
            if (before != null) {
                destinationNat("-D", protocol, port, before);
            }
            destinationNat("-A", protocol, port, member);
        }
    }

    private void destinationNat(
            final String change, final String protocol, final int port, final int member)
            throws IOException {
        final List<String> command = new ArrayList<>(List.of("netns", "exec", router()));
        command.addAll(List.of("iptables", "-w", "-t", "nat", change, "PREROUTING"));
        command.addAll(List.of("-d", publicHost(), "-p", protocol, "--dport", "" + port));
        command.addAll(List.of("-j", "DNAT", "--to-destination", host(member) + ":" + port));
        ip(command.toArray(new String[0]));
    }

    private static String ip(final String... arguments) throws IOException {
        final List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        final String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + output);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return output;
    }

    /** Links go with their namespaces; one that does not go must not keep the others. */
    @Override
    public void afterEach(final ExtensionContext context) throws IOException {
        IOException failure = null;
        for (final String namespace : namespaces) {
            try {
                ip("netns", "del", namespace);
            } catch (final IOException e) {
                failure = e;
            }
        }
        namespaces.clear();
        cuts.clear();
        published.clear();
        if (failure != null) {
            throw failure;
        }
    }
}
