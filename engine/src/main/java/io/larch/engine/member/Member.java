package io.larch.engine.member;

import java.util.List;

/**
 * One server of the cluster.
 *
 * @param id 64 bits, unsigned; printed with {@link MemberIds#toHex}.
 * @param name empty until the member has started and published it.
 * @param peerUrls sorted, at least one.
 * @param clientUrls empty until published.
 */
public record Member(long id, String name, List<String> peerUrls, List<String> clientUrls) {
    public Member {
        peerUrls = peerUrls.stream().sorted().toList();
        clientUrls = List.copyOf(clientUrls);
    }

    /** A member of the first configuration: its id follows from its URLs and the cluster token. */
    public static Member initial(
            final String name, final List<String> peerUrls, final String clusterToken) {
        return new Member(MemberIds.memberId(peerUrls, clusterToken), name, peerUrls, List.of());
    }

    /** A member added to a running cluster: the time of the request makes its id new. */
    public static Member added(final List<String> peerUrls, final long unixSeconds) {
        return new Member(MemberIds.addedMemberId(peerUrls, unixSeconds), "", peerUrls, List.of());
    }

    /** Whether the member has published its name, which it does once it runs. */
    public boolean isStarted() {
        return !name.isEmpty();
    }

    /** The same member with what it has published about itself. */
    public Member withAttributes(final String newName, final List<String> newClientUrls) {
        return new Member(id, newName, peerUrls, newClientUrls);
    }

    /** The same member, reached by its peers elsewhere. */
    public Member withPeerUrls(final List<String> newPeerUrls) {
        return new Member(id, name, newPeerUrls, clientUrls);
    }
}
