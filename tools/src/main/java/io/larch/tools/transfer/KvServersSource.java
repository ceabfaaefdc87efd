package io.larch.tools.transfer;

import io.larch.tools.etcd.kv.KvEntry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The v3 keys of a store that answers. */
public final class KvServersSource implements KvSource {
    private final KvClient client;
    private final KvRange range;

    /**
     * @param prefix of the keys that may be read; empty: all.
     */
    public KvServersSource(final Site site, final String prefix) {
        client = new KvClient(site);
        range = KvRange.of(prefix);
    }

    /** Whether the store has the v3 API. */
    public boolean exists() throws IOException {
        return client.exists();
    }

    /**
     * Whether it is an etcd 3 whose v3 API has no place that could be asked: one before 3.4, or one
     * that was told to have no gateway.
     */
    public boolean isWithoutGateway() throws IOException {
        return !exists() && client.version().startsWith("3.");
    }

    /** Whether there is a key or, if all are asked for, a lease. */
    public boolean hasKeys() throws IOException {
        return client.count(range) > 0 || range.isAll() && !client.leases().isEmpty();
    }

    @Override
    public String cluster() throws IOException {
        return client.head(range, 0).cluster();
    }

    @Override
    public long revision() throws IOException {
        return client.head(range, 0).revision();
    }

    @Override
    public KvPicture picture(final KvRange range) throws IOException {
        final KvListing listing = KvListing.ofOneMoment(client, range);
        // Behind the listing: a lease that a key of this moment names is among these, or has ended.
        return new ServersPicture(listing, client.leases());
    }

    @Override
    public Set<Long> leases() throws IOException {
        return client.leases();
    }

    @Override
    public long grantedSeconds(final long lease) throws IOException {
        return client.grantedSeconds(lease);
    }

    /** The lease is asked for first: it takes its keys along when it ends. */
    @Override
    public boolean hasOutlivedLease(final KvEntry entry) throws IOException {
        if (client.leases().contains(entry.lease())) {
            return false;
        }
        final KvEntry now = client.get(entry.key());
        return now != null && now.modified() == entry.modified();
    }

    @Override
    public KvWatch watch(final KvRange range, final long afterRevision, final Duration quiet) {
        return new KvWatch(client, range, afterRevision, quiet);
    }

    private final class ServersPicture implements KvPicture {
        private final KvListing listing;
        private final Set<Long> leases;

        ServersPicture(final KvListing listing, final Set<Long> leases) {
            this.listing = listing;
            this.leases = leases;
        }

        @Override
        public long revision() {
            return listing.revision();
        }

        @Override
        public KvEntry next() throws IOException {
            return listing.next();
        }

        /** Those that are not in memory are read again. */
        @Override
        public List<byte[]> values(final List<KvEntry> some) throws IOException {
            final List<byte[]> missing = new ArrayList<>();
            for (final KvEntry entry : some) {
                if (entry.value() == null) {
                    missing.add(entry.key());
                }
            }
            final List<byte[]> read = missing.isEmpty() ? List.of() : read(missing);
            final List<byte[]> values = new ArrayList<>();
            int next = 0;
            for (final KvEntry entry : some) {
                values.add(entry.value() == null ? read.get(next++) : entry.value());
            }
            return values;
        }

        private List<byte[]> read(final List<byte[]> keys) throws IOException {
            final List<byte[]> values = new ArrayList<>();
            try {
                for (final KvEntry entry : client.values(keys, revision())) {
                    if (entry == null) {
                        throw new OutdatedException("a key of a moment that is over");
                    }
                    values.add(entry.value());
                }
            } catch (final KvClient.TooLargeException e) {
                final int half = keys.size() / 2;
                if (half == 0) {
                    throw e;
                }
                values.clear();
                values.addAll(read(keys.subList(0, half)));
                values.addAll(read(keys.subList(half, keys.size())));
            }
            return values;
        }

        @Override
        public boolean hasLease(final long id) {
            return leases.contains(id);
        }

        @Override
        public void refuseChanged() {
            // A moment does not change.
        }
    }
}
