package io.larch.tools.doctor;

import io.larch.tools.flags.ServerConfig;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/** Whether the other members are reached, go by the same clock, and hear each other. */
final class PeersCheck implements Check {
    private static final String REACHED = "peer";
    private static final String HEARD = "peers hear";
    private static final String MTU = "mtu";

    /** Headers of IPv6 and UDP. */
    private static final int HEADER_BYTES = 48;

    @Override
    public List<Finding> look(final ServerConfig config, final Machine machine) {
        final List<Finding> findings = new ArrayList<>();
        final Peers peers = Peers.find(config, machine);
        if (peers.others().isEmpty()) {
            findings.add(
                    peers.isKnown()
                            ? Finding.ok(REACHED, "none: a member by itself")
                            : Finding.unknown(
                                    REACHED, "only a discovery tells who they are, at the start"));
            return findings;
        }
        for (final Peers.Peer peer : peers.others()) {
            for (final String url : peer.peerUrls()) {
                reach(peer, url, machine, findings);
            }
        }
        if (PeerUdp.isUsed(config)) {
            peers.others().forEach(peer -> mtu(peer, machine, findings));
        }
        findings.addAll(hearing(peers, machine));
        return findings;
    }

    private static void reach(
            final Peers.Peer peer,
            final String url,
            final Machine machine,
            final List<Finding> findings) {
        final String who = peer.name() + " at " + url;
        final Machine.Page page;
        try {
            page = machine.page(url + "/version");
        } catch (final IOException e) {
            findings.add(
                    Finding.warning(
                            REACHED,
                            who + " does not answer: " + e.getMessage(),
                            "Start it, or let TCP and UDP to that port pass."));
            return;
        }
        if (page.status() != 200) {
            findings.add(
                    Finding.problem(
                            REACHED,
                            who + " answers with status " + page.status(),
                            "See whether that is the peer URL of a member."));
            return;
        }
        findings.add(
                Finding.ok(
                        REACHED,
                        "%s answers in %d ms".formatted(who, page.heardMs() - page.sentMs())));
        findings.add(ClockOffset.judge(who, page));
    }

    private static void mtu(
            final Peers.Peer peer, final Machine machine, final List<Finding> findings) {
        final int wanted = PeerUdp.DATAGRAM_BYTES + HEADER_BYTES;
        for (final String url : peer.peerUrls()) {
            final String host = URI.create(url).getHost();
            final OptionalInt mtu = machine.mtuTowards(host);
            if (mtu.isEmpty()) {
                findings.add(Finding.unknown(MTU, "no way to " + host + " is known"));
            } else if (mtu.getAsInt() < wanted) {
                findings.add(
                        Finding.warning(
                                MTU,
                                "%d towards %s".formatted(mtu.getAsInt(), host),
                                ("Raise it to %d, or start all members with --peer-transport=tcp:"
                                                + " datagrams go in pieces.")
                                        .formatted(wanted)));
            } else {
                findings.add(Finding.ok(MTU, "%d towards %s".formatted(mtu.getAsInt(), host)));
            }
        }
    }

    /** What running members tell of each other shows both directions of what they talk over. */
    private static List<Finding> hearing(final Peers peers, final Machine machine) {
        final List<Finding> findings = new ArrayList<>();
        int asked = 0;
        int directions = 0;
        for (final Peers.Peer listener : peers.all()) {
            final List<Hearing> heard = Hearing.of(listener, machine);
            asked += heard.isEmpty() ? 0 : 1;
            for (final Hearing hearing : heard) {
                directions++;
                if (!hearing.isAnswering()) {
                    findings.add(
                            Finding.problem(
                                    HEARD,
                                    listener.name()
                                            + " does not hear "
                                            + peers.name(hearing.remoteId()),
                                    "Start that member, or let its peer port pass in both"
                                            + " directions, by UDP unless all talk TCP."));
                }
            }
        }
        if (asked == 0) {
            return List.of(Finding.unknown(HEARD, "no running member tells at its client URLs"));
        }
        if (findings.isEmpty()) {
            findings.add(
                    Finding.ok(
                            HEARD,
                            "%d members tell that all %d directions work"
                                    .formatted(asked, directions)));
        }
        return findings;
    }
}
