package io.larch.tools.doctor;

import io.larch.tools.flags.ServerConfig;
import java.nio.file.Path;
import java.util.List;

/** Whether the buffers for peers fit into {@code /dev/shm}. */
final class SharedMemoryCheck implements Check {
    private static final String NAME = "shared memory";
    private static final Path PLACE = Path.of("/dev/shm");

    @Override
    public List<Finding> look(final ServerConfig config, final Machine machine) {
        if (!PeerUdp.isUsed(config)) {
            return List.of(Finding.ok(NAME, "not needed: no peers by UDP"));
        }
        final long free = machine.existing(PLACE).equals(PLACE) ? machine.freeBytes(PLACE) : 0;
        final String figure = Bytes.text(free) + " free in " + PLACE;
        return List.of(
                free >= PeerUdp.SHARED_BYTES
                        ? Finding.ok(NAME, figure)
                        : Finding.warning(
                                NAME,
                                figure,
                                "Give the container --shm-size=256m: with less than %s, buffers for"
                                                .formatted(Bytes.text(PeerUdp.SHARED_BYTES))
                                        + " peers lie beside the data, where a slow disk stops"
                                        + " them."));
    }
}
