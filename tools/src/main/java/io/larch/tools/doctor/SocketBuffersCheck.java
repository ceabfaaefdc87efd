package io.larch.tools.doctor;

import io.larch.tools.flags.ServerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether the kernel lets sockets hold what peers send at once. */
final class SocketBuffersCheck implements Check {
    private static final String NAME = "socket buffers";

    @Override
    public List<Finding> look(final ServerConfig config, final Machine machine) {
        if (!PeerUdp.isUsed(config)) {
            return List.of(Finding.ok(NAME, "not needed: no peers by UDP"));
        }
        final List<Finding> findings = new ArrayList<>();
        for (final String limit : List.of("rmem_max", "wmem_max")) {
            findings.add(judge("net.core." + limit, machine.read("/proc/sys/net/core/" + limit)));
        }
        return findings;
    }

    private static Finding judge(final String name, final Optional<String> limit) {
        if (limit.isEmpty()) {
            return Finding.unknown(NAME, name + " is not shown here");
        }
        final String figure = name + " " + limit.get();
        return Long.parseLong(limit.get()) >= PeerUdp.BUFFER_BYTES
                ? Finding.ok(NAME, figure)
                : Finding.warning(
                        NAME,
                        figure,
                        "Raise it (sysctl -w %s=%d, on the host): bursts between members are lost"
                                        .formatted(name, PeerUdp.BUFFER_BYTES)
                                + " and sent again.");
    }
}
