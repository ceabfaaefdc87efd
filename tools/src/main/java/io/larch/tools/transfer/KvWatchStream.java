package io.larch.tools.transfer;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One answer to a watch, read by a thread of its own, which goes ahead by a few revisions. It ends
 * with the answer, or when this is closed. Used by one thread beside its own.
 */
final class KvWatchStream implements Closeable, KvEvents.Sink {
    private static final int AHEAD = 64;

    private final BlockingQueue<Item> items = new ArrayBlockingQueue<>(AHEAD);
    private final InputStream body;
    private final Thread thread = new Thread(this::read, "transfer-watch");
    private volatile long head;

    /** A revision, or why none comes any more. */
    private record Item(KvRevision revision, IOException end) {}

    /**
     * @param body is closed with this.
     */
    KvWatchStream(final InputStream body) {
        this.body = body;
        thread.setDaemon(true);
        thread.start();
    }

    private void read() {
        IOException end;
        try {
            new KvEvents(this).read(body);
            end = new EOFException("the watch has ended");
        } catch (final IOException e) {
            end = e;
        } catch (final RuntimeException e) {
            end = new IOException(e);
        }
        try {
            items.put(new Item(null, end));
        } catch (final InterruptedException e) {
            // Nobody wants to know.
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void onHead(final long revision) {
        head = Math.max(head, revision);
    }

    @Override
    public void onRevision(final KvRevision whole) throws IOException {
        try {
            items.put(new Item(whole, null));
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    /** The highest revision of the source that was heard of; 0: none. */
    long head() {
        return head;
    }

    /**
     * The next revision; null: none came for that long.
     *
     * @throws IOException that none will come, behind all that have come.
     */
    KvRevision next(final long timeoutMs) throws IOException {
        try {
            final Item item = items.poll(timeoutMs, TimeUnit.MILLISECONDS);
            if (item == null) {
                return null;
            }
            if (item.end() != null) {
                throw item.end();
            }
            return item.revision();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    @Override
    public void close() throws IOException {
        thread.interrupt();
        body.close();
    }
}
