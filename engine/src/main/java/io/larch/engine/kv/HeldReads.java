package io.larch.engine.kv;

import java.util.ArrayList;
import java.util.List;

/**
 * The reads in slices that are not done yet, oldest first, and the bound on what they hold on to.
 * Who began first goes first when it is too much.
 */
final class HeldReads {
    private final List<SlicedResponse> open = new ArrayList<>();
    private final long maxBytes;

    HeldReads(final long maxBytes) {
        this.maxBytes = maxBytes;
    }

    void opened(final SlicedResponse read) {
        open.add(read);
    }

    void closed(final SlicedResponse read) {
        open.remove(read);
    }

    long heldBytes() {
        long bytes = 0;
        for (final SlicedResponse read : open) {
            bytes += read.heldBytes();
        }
        return bytes;
    }

    /** Ends the oldest reads until the rest is within the bound. */
    void limit() {
        while (!open.isEmpty() && heldBytes() > maxBytes) {
            open.get(0).cut();
        }
    }

    /** The state goes. */
    void replaceAll() {
        while (!open.isEmpty()) {
            open.get(open.size() - 1).replace();
        }
    }
}
