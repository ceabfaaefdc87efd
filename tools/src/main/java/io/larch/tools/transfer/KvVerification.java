package io.larch.tools.transfer;

import io.larch.tools.etcd.kv.KvEntry;
import io.larch.tools.transfer.TransferException.Kind;
import java.io.IOException;

/** Compares the v3 keys of both sides, of which at least the target should be at rest. */
final class KvVerification {
    /** A lease may end between two readings. */
    private static final int TRIES = 3;

    private final KvSource source;
    private final KvClient target;
    private final KvRange range;
    private final KvLeases leases;

    KvVerification(
            final KvSource source,
            final KvClient target,
            final KvRange range,
            final KvLeases leases) {
        this.source = source;
        this.target = target;
        this.range = range;
        this.leases = leases;
    }

    /**
     * The sum of both, in hexadecimal.
     *
     * @throws TransferException if they differ.
     */
    String run() throws IOException {
        for (int i = 1; ; i++) {
            try {
                return compared();
            } catch (final DifferenceException | OutdatedException e) {
                if (i == TRIES) {
                    throw new TransferException(Kind.DIFFERENT, e.getMessage(), e);
                }
            }
        }
    }

    private static final class DifferenceException extends IOException {
        private static final long serialVersionUID = 1L;

        DifferenceException(final String message) {
            super(message);
        }
    }

    private String compared() throws IOException {
        final KvDigest digest = new KvDigest();
        new KvComparison(source.picture(range))
                .run(
                        KvListing.of(target, range),
                        new KvComparison.Handler() {
                            @Override
                            public void onSame(final KvEntry there) throws IOException {
                                leases.renewIfDue();
                                digest.add(there.key(), there.value(), there.lease());
                            }

                            @Override
                            public void onWanted(final KvEntry entry) throws IOException {
                                throw different(entry.key());
                            }

                            @Override
                            public void onUnwanted(final byte[] key) throws IOException {
                                throw different(key);
                            }
                        });
        leases.sync();
        final long missing = leases.missing();
        if (missing > 0) {
            throw new DifferenceException("%d leases are not in the target".formatted(missing));
        }
        return digest.sha256();
    }

    private static DifferenceException different(final byte[] key) {
        return new DifferenceException(
                "the v3 key %s is not the same on both sides; as long as somebody writes keys may differ"
                        .formatted(KvText.of(key)));
    }
}
