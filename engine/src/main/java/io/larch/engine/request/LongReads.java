package io.larch.engine.request;

import io.larch.engine.EngineContext;
import io.larch.engine.EngineLog;
import io.larch.engine.application.Application;
import io.larch.engine.application.Result;
import io.larch.engine.application.SlicedRead;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.port.Reply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.agrona.ExpandableDirectByteBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Reads whose results are too long for one go. Each is announced to its edge, which asks for it
 * part by part as it has room; what is not asked for takes no memory. A read begins, and shows the
 * tree as of then, when its first part is asked for. In each turn all of them together get about a
 * millisecond, in turns.
 *
 * <p>Owned by the engine thread.
 */
public final class LongReads {
    private static final int CAPACITY = 1 << 16;
    private static final long TURN_NANOS = 1_000_000L;

    /** Nodes looked at between two looks at the clock. */
    private static final int STEPS = 256;

    private final Long2ObjectHashMap<Read> byCorrelationId = new Long2ObjectHashMap<>();

    /** Those that were asked for more. */
    private final ArrayDeque<Read> wanted = new ArrayDeque<>();

    private final CommandEnvelope command = new CommandEnvelope();
    private final Result result = new Result();
    private final ExpandableDirectByteBuffer part =
            new ExpandableDirectByteBuffer(Reply.PART_BYTES * 2);
    private final EngineContext context;
    private final ReplyRouter replies;
    private final EngineLog log;
    private int partLength;
    private long slowCount;
    private long replacedCount;

    private static final class Read {
        private final Application application;
        private final long correlationId;
        private final UnsafeBuffer get;
        private SlicedRead slices;
        private int wantedParts;
        private boolean isClosed;

        private Read(
                final Application application, final long correlationId, final UnsafeBuffer get) {
            this.application = application;
            this.correlationId = correlationId;
            this.get = get;
        }
    }

    public LongReads(final EngineContext context, final ReplyRouter replies, final EngineLog log) {
        this.context = context;
        this.replies = replies;
        this.log = log;
    }

    boolean isFull() {
        return byCorrelationId.size() >= CAPACITY;
    }

    /** Announces a read of a length; {@link #isFull} was asked before. */
    void open(final Application application, final CommandEnvelope get, final int length) {
        final byte[] copy = new byte[length];
        get.buffer().getBytes(get.offset(), copy);
        final Read read = new Read(application, get.correlationId(), new UnsafeBuffer(copy));
        byCorrelationId.put(read.correlationId, read);
        replies.readOpened(read.correlationId);
    }

    /** The edge has room for one part more. Unknown ids are ignored. */
    void more(final long correlationId) {
        final Read read = byCorrelationId.get(correlationId);
        if (read != null && read.wantedParts++ == 0) {
            wanted.addLast(read);
        }
    }

    /** Nobody wants it any more. Unknown ids are ignored. */
    void cancel(final long correlationId) {
        final Read read = byCorrelationId.remove(correlationId);
        if (read != null) {
            close(read);
        }
    }

    /** Whether parts are wanted that can be told. */
    public boolean hasWork() {
        for (final Read read : wanted) {
            if (read.isClosed || !replies.isBehind(read.correlationId)) {
                return true;
            }
        }
        return false;
    }

    /** Makes parts for about a millisecond. */
    public int doWork() {
        if (wanted.isEmpty()) {
            return 0;
        }
        final long startNanos = context.nanoTime().getAsLong();
        int workCount = 0;
        int waiting = 0;
        do {
            final Read read = wanted.pollFirst();
            if (read.isClosed) {
                continue;
            }
            if (replies.isBehind(read.correlationId)) {
                wanted.addLast(read);
                waiting++;
            } else {
                workCount++;
                waiting = 0;
                work(read, startNanos);
            }
        } while (waiting < wanted.size() && !isOver(startNanos));
        return workCount;
    }

    /** Ends all reads: the member stops. */
    void close() {
        final List<Read> all = new ArrayList<>(byCorrelationId.values());
        for (final Read read : all) {
            cut(read);
        }
    }

    int count() {
        return byCorrelationId.size();
    }

    /** Ended since the start because their clients took them too slowly. */
    long slowCount() {
        return slowCount;
    }

    /** Ended since the start because a snapshot took the place of what they read. */
    long replacedCount() {
        return replacedCount;
    }

    private void work(final Read read, final long startNanos) {
        if (read.slices == null && !begin(read)) {
            return;
        }
        partLength = 0;
        while (partLength < Reply.PART_BYTES && !read.slices.isDone() && !read.slices.isCut()) {
            partLength = read.slices.write(part, partLength, Reply.PART_BYTES - partLength, STEPS);
            if (isOver(startNanos)) {
                break;
            }
        }
        if (read.slices.isCut()) {
            tellCut(read);
            cut(read);
            return;
        }
        tell(read);
    }

    private void tellCut(final Read read) {
        if (read.slices.isReplaced()) {
            replacedCount++;
            log.readReplaced(context.nanoTime().getAsLong());
        } else {
            slowCount++;
            log.readCut(read.application.heldBytes(), context.nanoTime().getAsLong());
        }
    }

    /** Returns false when there is nothing to read: the client was told. */
    private boolean begin(final Read read) {
        command.wrap(read.get, 0);
        read.slices = read.application.open(command, result);
        if (read.slices == null) {
            byCorrelationId.remove(read.correlationId);
            read.isClosed = true;
            replies.reply(read.correlationId, result);
            return false;
        }
        return true;
    }

    private void tell(final Read read) {
        final boolean isLast = read.slices.isDone();
        final long storeIndex = read.slices.index();
        if (isLast) {
            byCorrelationId.remove(read.correlationId);
            close(read);
        } else if (partLength == 0 || --read.wantedParts > 0) {
            wanted.addLast(read);
        }
        if (partLength > 0 || isLast) {
            replies.readPart(read.correlationId, storeIndex, part, partLength, isLast);
        }
    }

    private void cut(final Read read) {
        byCorrelationId.remove(read.correlationId);
        close(read);
        replies.readCut(read.correlationId);
    }

    private static void close(final Read read) {
        read.isClosed = true;
        if (read.slices != null) {
            read.slices.close();
        }
    }

    private boolean isOver(final long startNanos) {
        return context.nanoTime().getAsLong() - startNanos > TURN_NANOS;
    }
}
