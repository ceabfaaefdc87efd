package io.larch.tools.transfer;

import io.larch.tools.client.Json;
import io.larch.tools.transfer.TransferException.Kind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What becomes of the keys below a prefix, in the order of the source's index, each change once.
 * Asks for one at a time, since a stream from an index of the past ends after one event in etcd.
 * Leaves out hidden names: as long as they are news a watch does not tell them, but from the
 * history it does. Owned by one thread; {@link #stop} may come from any.
 */
final class V2Watch {
    private final V2Client client;
    private final String prefix;
    private final Duration quiet;
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private long nextIndex;
    private volatile long headIndex;

    /**
     * @param afterIndex of the last change that is known.
     * @param quiet after such a time without an event nothing is to come from the history.
     */
    V2Watch(
            final V2Client client,
            final String prefix,
            final long afterIndex,
            final Duration quiet) {
        this.client = client;
        this.prefix = prefix;
        this.quiet = quiet;
        nextIndex = afterIndex + 1;
    }

    /** Changes up to this index were told. */
    long toldIndex() {
        return nextIndex - 1;
    }

    /** The highest index of the source that was heard of. */
    long headIndex() {
        return headIndex;
    }

    /** Lets {@link #next} return null from now on. */
    void stop() {
        stopped.complete(null);
    }

    /** The next change. Blocks until there is one; null: stopped. */
    Change next() throws IOException {
        return next(Long.MAX_VALUE);
    }

    /** The next change up to an index; null: there is none, or the watch was stopped. */
    Change next(final long untilIndex) throws IOException {
        int failures = 0;
        while (toldIndex() < untilIndex && !stopped.isDone()) {
            final long asked = nextIndex;
            final Poll poll = new Poll();
            try {
                final StoreReply reply = poll.await(untilIndex);
                if (reply != null) {
                    final Change change = change(reply);
                    if (change != null) {
                        return change;
                    }
                }
                failures = 0;
            } catch (final OutdatedException | TransferException e) {
                throw e;
            } catch (final IOException e) {
                if (failures++ > 0) {
                    // Waits for a member that answers, or ends.
                    client.ask("GET", "/version", null);
                }
                nextIndex = asked;
            }
        }
        return null;
    }

    /** One request, and what is heard of it. */
    private final class Poll {
        private final CompletableFuture<HttpHeaders> head = new CompletableFuture<>();
        private final CompletableFuture<HttpResponse<String>> whole;

        Poll() {
            final BodyHandler<String> body =
                    info -> {
                        head.complete(info.headers());
                        return BodySubscribers.ofString(StandardCharsets.UTF_8);
                    };
            whole =
                    client.wait(
                            Paths.url(prefix)
                                    + "?wait=true&recursive=true&waitIndex="
                                    + Long.toUnsignedString(nextIndex),
                            body);
        }

        /** Null: nothing came for as long as the quiet lasts, or the watch was stopped. */
        StoreReply await(final long untilIndex) throws IOException {
            final CompletableFuture<?> any = CompletableFuture.anyOf(whole, stopped);
            try {
                any.get(quiet.toMillis(), TimeUnit.MILLISECONDS);
                return whole.isDone() ? StoreReply.of(whole.get()) : null;
            } catch (final TimeoutException e) {
                return quiet(untilIndex);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            } catch (final ExecutionException e) {
                throw new IOException(e.getCause());
            } catch (final CancellationException e) {
                throw new IOException(e);
            } finally {
                whole.cancel(true);
            }
        }

        /**
         * What a store has in its history comes right behind the head of its answer. So when that
         * is long ago there is nothing up to the head's index, and the next request may begin
         * behind it: else what we wait for could leave the history without ever having been ours.
         */
        private StoreReply quiet(final long untilIndex) throws IOException {
            final HttpHeaders headers = head.getNow(null);
            if (headers == null) {
                throw new IOException("no answer");
            }
            final long index = StoreReply.index(headers);
            headIndex = Math.max(headIndex, index);
            nextIndex = Math.max(nextIndex, index + 1);
            return null;
        }
    }

    /** Null for what is not to be copied. */
    private Change change(final StoreReply reply) throws IOException {
        if (reply.errorCode() == StoreReply.OUTDATED) {
            throw new OutdatedException(reply.reason());
        }
        if (reply.isSuccess() && reply.text().isEmpty()) {
            // A member that ends, or is tired of waiting, closes a watch without an event.
            return null;
        }
        if (!reply.isSuccess()) {
            if (reply.status() >= 500) {
                throw new IOException(reply.reason());
            }
            throw client.refused("to watch " + prefix, reply);
        }
        headIndex = Math.max(headIndex, StoreReply.index(reply.headers()));
        final Change change;
        try {
            change = parse(reply);
        } catch (final IOException | DateTimeParseException e) {
            throw new TransferException(
                    Kind.REFUSED, "the source tells no event: " + reply.text(), e);
        }
        nextIndex = change.index() + 1;
        headIndex = Math.max(headIndex, change.index());
        return isOurs(change) ? inPrefix(change) : null;
    }

    private static Change parse(final StoreReply reply) throws IOException {
        final Map<String, Object> node = Json.object(reply.fields().get("node"));
        final Map<String, Object> previous =
                reply.fields().get("prevNode") == null
                        ? Map.of()
                        : Json.object(reply.fields().get("prevNode"));
        final boolean isDelete =
                switch (Json.text(reply.fields().get("action"))) {
                    case "delete", "compareAndDelete", "expire" -> true;
                    default -> false;
                };
        // etcd 2 does not say it of one that expired.
        final boolean isDirectory =
                isTrue(node.get("dir")) || isDelete && isTrue(previous.get("dir"));
        final Object value = node.get("value");
        final Object expiration = node.get("expiration");
        return new Change(
                Json.unsigned(node.get("modifiedIndex")),
                isDelete,
                new Entry(
                        Json.text(node.get("key")),
                        isDirectory,
                        value == null || isDirectory ? "" : Json.text(value),
                        expiration == null
                                ? Entry.NEVER
                                : deadlineNanos(Json.text(expiration), reply.headers())));
    }

    private static boolean isTrue(final Object value) {
        return Boolean.TRUE.equals(value);
    }

    /**
     * The TTL of an event is that of the time when it happened, so the time that it names counts,
     * by the source's clock.
     */
    private static long deadlineNanos(final String expiration, final HttpHeaders headers) {
        final Duration left = Duration.between(StoreReply.date(headers), Instant.parse(expiration));
        return System.nanoTime() + left.toNanos();
    }

    private boolean isOurs(final Change change) {
        final String path = change.entry().path();
        final boolean isAbove = Paths.isBelow(prefix, path);
        return isAbove
                ? change.isDelete() && change.entry().isDirectory()
                : (path.equals(prefix) || Paths.isBelow(path, prefix))
                        && !Paths.isHidden(path, prefix);
    }

    /** Who deletes a directory above deletes the prefix, and nothing else of ours. */
    private Change inPrefix(final Change change) {
        return Paths.isBelow(prefix, change.entry().path())
                ? new Change(change.index(), true, Entry.directory(prefix))
                : change;
    }
}
