package io.larch.tools.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The picture of a store that answers. Directories above a depth are listed each alone, so that the
 * store never has to put all it has into one answer; what is at this depth comes with all below it.
 * Each answer is of one moment, and later ones of later moments; who needs one moment applies the
 * changes from {@link #firstIndex} to {@link #lastIndex} on top.
 */
final class V2Pictures implements Picture {
    private static final int OK = 200;

    private final V2Client client;
    private final String prefix;
    private final int depth;
    private final Deque<Picture> open = new ArrayDeque<>();
    private final long firstIndex;
    private long lastIndex;

    /** Whose listing has just been opened; null: none. */
    private String listed;

    private V2Pictures(final V2Client client, final String prefix, final int depth)
            throws IOException {
        this.client = client;
        this.prefix = prefix;
        this.depth = depth;
        final Picture first = read(prefix, depth == 0);
        firstIndex = first.firstIndex();
        lastIndex = firstIndex;
        open.push(first);
    }

    /**
     * @param depth 0: all in one answer.
     */
    static Picture open(final V2Client client, final String prefix, final int depth)
            throws IOException {
        return new V2Pictures(client, prefix, depth);
    }

    @Override
    public Entry next() throws IOException {
        while (!open.isEmpty()) {
            final Entry entry = open.peek().next();
            if (entry == null) {
                open.pop().close();
            } else if (entry.path().equals(listed)) {
                // Told by the listing of its directory, too.
                listed = null;
            } else {
                descend(entry);
                return entry;
            }
        }
        return null;
    }

    private void descend(final Entry entry) throws IOException {
        // The prefix itself comes with its children.
        if (!entry.isDirectory() || open.size() > depth || entry.path().equals(prefix)) {
            return;
        }
        final Picture part = read(entry.path(), open.size() == depth);
        lastIndex = Math.max(lastIndex, part.lastIndex());
        listed = entry.path();
        open.push(part);
    }

    /** What vanished meanwhile has no entries. */
    private Picture read(final String path, final boolean isRecursive) throws IOException {
        final HttpResponse<InputStream> reply =
                client.open(
                        Paths.url(path) + "?quorum=true&recursive=" + isRecursive + "&sorted=true");
        final long readNanos = System.nanoTime();
        if (reply.statusCode() == OK) {
            final long index = StoreReply.index(reply.headers());
            return new JsonPicture(
                    new GuardedStream(reply.body(), client.site()), index, readNanos);
        }
        try (InputStream body = reply.body()) {
            final StoreReply refusal =
                    StoreReply.of(
                            reply.statusCode(),
                            reply.headers(),
                            new String(body.readNBytes(1 << 16), StandardCharsets.UTF_8));
            if (refusal.errorCode() != StoreReply.NOT_FOUND
                    && refusal.errorCode() != StoreReply.NOT_A_DIRECTORY) {
                throw client.refused("to read " + path, refusal);
            }
            final long index = StoreReply.index(reply.headers());
            return new JsonPicture(InputStream.nullInputStream(), index, readNanos);
        }
    }

    @Override
    public long firstIndex() {
        return firstIndex;
    }

    @Override
    public long lastIndex() {
        return lastIndex;
    }

    @Override
    public void close() throws IOException {
        for (final Picture picture : open) {
            picture.close();
        }
    }
}
