package io.larch.tools.transfer;

import java.io.IOException;

/** A store that answers. */
public final class V2Source implements Source {
    private final V2Client client;

    public V2Source(final Site site) {
        this(new V2Client(site));
    }

    V2Source(final V2Client client) {
        this.client = client;
    }

    @Override
    public String cluster() throws IOException {
        return head().headers().firstValue("X-Etcd-Cluster-Id").orElse("");
    }

    @Override
    public long index() throws IOException {
        return StoreReply.index(head().headers());
    }

    /** A hidden name that nobody has: what counts are the headers. */
    private StoreReply head() throws IOException {
        final StoreReply reply = client.ask("GET", Paths.url("/_") + "?quorum=true", null);
        if (!reply.isSuccess() && reply.errorCode() != StoreReply.NOT_FOUND) {
            if (reply.status() == 401 || reply.status() == 403) {
                return reply;
            }
            throw client.refused("to read", reply);
        }
        return reply;
    }

    @Override
    public Picture picture(final TransferOptions options) throws IOException {
        return V2Pictures.open(client, options.prefix(), options.partsDepth());
    }

    @Override
    public V2Watch watch(final TransferOptions options, final long afterIndex) {
        return new V2Watch(client, options.prefix(), afterIndex, options.quiet());
    }
}
