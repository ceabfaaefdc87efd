package io.larch.tools.v3.faults;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.larch.tools.system.ClusterMember;

/** Ways to members. */
final class Channels {
    private Channels() {}

    static ManagedChannel open(final ClusterMember member) {
        return ManagedChannelBuilder.forAddress(member.url().getHost(), member.url().getPort())
                .usePlaintext()
                .build();
    }
}
