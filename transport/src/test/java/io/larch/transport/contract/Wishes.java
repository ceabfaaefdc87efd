package io.larch.transport.contract;

import io.larch.transport.address.HostResolver;
import java.util.List;

/**
 * How the transport of a {@link TestMember} shall differ from others; empty and 0: it shall not.
 */
public final class Wishes {
    public List<String> listenUrls = List.of();
    public long snapshotBytesPerSecond;
    public HostResolver hostResolver;

    /** Looks into its sockets at every poll. */
    public boolean isUnwatched;
}
