package io.larch.tools.transfer;

import io.larch.tools.transfer.TransferException.Kind;
import java.io.IOException;

/** Compares both sides, of which at least the target should be at rest. */
final class Verification {
    /** A key may expire between two readings. */
    private static final int TRIES = 3;

    private final Source source;
    private final V2Client target;
    private final TransferOptions options;

    Verification(final Source source, final V2Client target, final TransferOptions options) {
        this.source = source;
        this.target = target;
        this.options = options;
    }

    /**
     * The digest of both.
     *
     * @throws TransferException if they differ.
     */
    Digest run() throws IOException {
        Digest wanted = null;
        Digest there = null;
        for (int i = 0; i < TRIES; i++) {
            try (Picture picture = source.picture(options)) {
                wanted = Digest.of(picture);
            }
            try (Picture picture =
                    V2Pictures.open(target, options.prefix(), options.partsDepth())) {
                there = Digest.of(picture);
            }
            if (wanted.equals(there)) {
                return wanted;
            }
        }
        throw new TransferException(
                Kind.DIFFERENT,
                ("the two sides differ: the source has %d keys and %d directories (%s), the target"
                                + " %d and %d (%s); as long as somebody writes they do")
                        .formatted(
                                wanted.keys(),
                                wanted.directories(),
                                wanted.sha256(),
                                there.keys(),
                                there.directories(),
                                there.sha256()));
    }
}
