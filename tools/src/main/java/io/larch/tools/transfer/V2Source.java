package io.larch.tools.transfer;

import java.io.IOException;

/** A store that answers. */
public final class V2Source implements Source {
    /** A hidden name that nobody has: what counts are the headers. */
    private static final String NOBODYS = Paths.url("/_") + "?quorum=true";

    private final V2Client client;

    public V2Source(final Site site) {
        this(new V2Client(site));
    }

    V2Source(final V2Client client) {
        this.client = client;
    }

    /** Whether the store has the v2 API. */
    public boolean exists() throws IOException {
        final StoreReply reply = client.ask("GET", NOBODYS, null);
        return reply.status() != 404 || reply.errorCode() != 0;
    }

    /** Whether there is a key or directory below the prefix. */
    public boolean hasKeys(final TransferOptions options) throws IOException {
        try (Picture picture = V2Pictures.open(client, options.prefix(), 1)) {
            return firstBelow(picture, options.prefix()) != null;
        }
    }

    /** Null: there is but the directory itself, or nothing. */
    static Entry firstBelow(final Picture picture, final String prefix) throws IOException {
        Entry entry = picture.next();
        while (entry != null && entry.isDirectory() && entry.path().equals(prefix)) {
            entry = picture.next();
        }
        return entry;
    }

    @Override
    public String cluster() throws IOException {
        return head().headers().firstValue("X-Etcd-Cluster-Id").orElse("");
    }

    @Override
    public long index() throws IOException {
        return StoreReply.index(head().headers());
    }

    private StoreReply head() throws IOException {
        final StoreReply reply = client.ask("GET", NOBODYS, null);
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
