package io.larch.tools.transfer;

import io.larch.tools.transfer.TransferException.Kind;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * What becomes of a range of keys, a revision at a time, each whole, once and in order. An answer
 * that ends, or falls silent while the source goes on, is asked for again behind what was told. Of
 * all keys no revision may be missing, since each changes some: if one is, the watch is outdated.
 * Used by one thread.
 */
final class KvWatch implements Closeable {
    /** So often in a row nothing comes although there is something, before it is given up. */
    private static final int MAX_SILENCES = 5;

    /** A source may go on for long without changing keys of a part. */
    private static final int SILENCES_OF_PART = 30;

    private static final int MAX_TEXT = 1 << 10;

    private final KvClient client;
    private final KvRange range;
    private final long quietNanos;
    private KvWatchStream stream;
    private long told;
    private long head;
    private long heardNanos = System.nanoTime();
    private int silences;
    private boolean isFailing;
    private long failingNanos;

    /**
     * @param afterRevision of the last change that is known.
     * @param quiet after such a time without a change the source is asked whether there is none.
     */
    KvWatch(
            final KvClient client,
            final KvRange range,
            final long afterRevision,
            final Duration quiet) {
        this.client = client;
        this.range = range;
        told = afterRevision;
        quietNanos = quiet.toNanos();
    }

    /** Changes up to this revision were told. */
    long toldRevision() {
        return told;
    }

    /** The highest revision of the source that was heard of. */
    long headRevision() {
        return Math.max(head, told);
    }

    /**
     * The next revision; null: none came for that long, or what came has to be asked for again.
     *
     * @throws OutdatedException if the source does not know any more what came next.
     * @throws TransferException if it does not answer for longer than its patience, or refuses.
     */
    KvRevision next(final long timeoutMs) throws IOException {
        try {
            if (stream == null) {
                stream = open();
                heardNanos = System.nanoTime();
            }
            final KvRevision next = stream.next(timeoutMs);
            head = Math.max(head, stream.head());
            if (next == null) {
                lookWhetherSilent();
                return null;
            }
            return told(next);
        } catch (final OutdatedException | TransferException e) {
            throw e;
        } catch (final IOException e) {
            close();
            recover(e);
            return null;
        }
    }

    private KvRevision told(final KvRevision next) throws OutdatedException {
        heardNanos = System.nanoTime();
        silences = 0;
        isFailing = false;
        if (next.number() <= told) {
            return null;
        }
        if (range.isAll() && next.number() != told + 1) {
            throw new OutdatedException("revision %d is not told".formatted(told + 1));
        }
        told = next.number();
        return next;
    }

    /**
     * What is compacted up to the very revision that is asked for may lack its deletions in etcd,
     * so the one before has to be there.
     */
    private KvWatchStream open() throws IOException {
        client.head(range, told);
        final HttpResponse<InputStream> reply = client.watch(range, told + 1);
        if (reply.statusCode() == 200) {
            return new KvWatchStream(reply.body());
        }
        final String text;
        try (InputStream body = reply.body()) {
            text = new String(body.readNBytes(MAX_TEXT), StandardCharsets.UTF_8);
        }
        final StoreReply refusal = StoreReply.of(reply.statusCode(), reply.headers(), text);
        if (reply.statusCode() >= 500 || KvGateway.isOfUnknownUser(refusal.reason())) {
            throw new KvEvents.CanceledException(refusal.reason());
        }
        throw client.gateway().refused("to watch keys", refusal);
    }

    private void recover(final IOException failure) throws IOException {
        final String reason = String.valueOf(failure.getMessage());
        if (reason.contains("permission denied")
                || KvGateway.isOfUnknownUser(reason) && !client.gateway().logIn()) {
            throw new TransferException(
                    Kind.REFUSED,
                    "the %s refuses to watch keys: %s; a user with permission for these keys is needed"
                            .formatted(client.site().name(), reason));
        }
        final long nowNanos = System.nanoTime();
        failingNanos = isFailing ? failingNanos : nowNanos;
        if (isFailing && nowNanos - failingNanos > client.site().patience().toNanos()) {
            throw new TransferException(
                    Kind.UNREACHABLE,
                    "the %s answers, but breaks off what it tells of changes: %s"
                            .formatted(client.site().name(), reason),
                    failure);
        }
        if (isFailing) {
            V2Client.pause();
        }
        isFailing = true;
        // Waits for a member that answers, or ends.
        head = Math.max(head, client.head(range, 0).revision());
    }

    /** A connection may be lost without a word, and so may a member that is asked. */
    private void lookWhetherSilent() throws IOException {
        if (System.nanoTime() - heardNanos < quietNanos) {
            return;
        }
        head = client.head(range, 0).revision();
        heardNanos = System.nanoTime();
        if (head < told) {
            throw new OutdatedException(
                    "the source is at revision %d, and was at %d".formatted(head, told));
        }
        silences += head > told ? 1 : 0;
        if (range.isAll() && silences > MAX_SILENCES) {
            throw new OutdatedException("revision %d is not told".formatted(told + 1));
        }
        if (range.isAll() && silences > 0 || silences > SILENCES_OF_PART) {
            silences = range.isAll() ? silences : 0;
            close();
        }
    }

    @Override
    public void close() throws IOException {
        if (stream != null) {
            stream.close();
            stream = null;
        }
    }
}
