package io.larch.transport.tcp;

import io.larch.transport.address.PeerUrl;
import java.io.IOException;

/** An address of this member cannot be had. */
public final class ListenException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String hostAndPort;

    ListenException(final PeerUrl url, final IOException cause) {
        super(cause.getMessage(), cause);
        hostAndPort = url.toString();
    }

    /** Which one. */
    public String hostAndPort() {
        return hostAndPort;
    }
}
