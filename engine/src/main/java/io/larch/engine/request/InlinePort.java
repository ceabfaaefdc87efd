package io.larch.engine.request;

import io.larch.engine.port.Query;
import io.larch.engine.port.RequestPort;
import java.util.ArrayDeque;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableDirectByteBuffer;

/**
 * The port of an edge on the engine's own thread: a request is worked on within the call.
 *
 * <p>A reply may make the edge hand over the next request of its connection while the engine is
 * still in the middle of something. Such a request is kept until the engine is done, so that the
 * engine is never entered twice.
 */
public final class InlinePort implements RequestPort, RequestSource {
    /** Kept requests beyond this are refused; each connection has one at most. */
    private static final int CAPACITY_BYTES = 64 << 20;

    /** Kept requests worked on in one go, however quick they are. */
    private static final int MAX_REQUESTS = 1024;

    private static final int SHRINK_BYTES = 1 << 20;
    private static final int INITIAL_BYTES = 1 << 12;

    /** Kept questions beyond this are refused. */
    private static final int MAX_QUESTIONS = 4096;

    private final ArrayDeque<Query<?>> questions = new ArrayDeque<>();
    private final int id;
    private final RequestSink engine;
    private ExpandableDirectByteBuffer kept = new ExpandableDirectByteBuffer(INITIAL_BYTES);
    private int head;
    private int tail;

    public InlinePort(final int id, final RequestSink engine) {
        this.id = id;
        this.engine = engine;
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public boolean offer(final DirectBuffer command, final int offset, final int length) {
        if (head < tail || engine.isBusy()) {
            return keep(command, offset, length);
        }
        engine.onCommand(command, offset, length);
        return true;
    }

    @Override
    public boolean ask(final Query<?> query) {
        if (!questions.isEmpty() || engine.isInTurn()) {
            return questions.size() < MAX_QUESTIONS && questions.add(query);
        }
        engine.onQuestion(query);
        return true;
    }

    @Override
    public void flush() {
        // The turn of the loop that follows does the work.
    }

    @Override
    public boolean hasMore() {
        return head < tail || !questions.isEmpty();
    }

    /**
     * Works on what was kept while the engine was busy; on what comes meanwhile, too, unless it is
     * too much for one turn.
     */
    @Override
    public int drain() {
        int workCount = 0;
        if (head > kept.capacity() / 2) {
            moveDown();
        }
        while (head < tail && workCount < MAX_REQUESTS && !engine.isLate()) {
            final int length = kept.getInt(head);
            final int offset = head + Integer.BYTES;
            head = offset + length;
            engine.work(kept, offset, length);
            workCount++;
        }
        for (int i = questions.size(); i > 0 && !engine.isLate(); i--) {
            engine.onQuestion(questions.poll());
            workCount++;
        }
        if (head == tail) {
            head = 0;
            tail = 0;
            if (kept.capacity() > SHRINK_BYTES) {
                kept = new ExpandableDirectByteBuffer(INITIAL_BYTES);
            }
        }
        return workCount;
    }

    private boolean keep(final DirectBuffer command, final int offset, final int length) {
        if (tail - head + Integer.BYTES + length > CAPACITY_BYTES) {
            return false;
        }
        kept.putInt(tail, length);
        kept.putBytes(tail + Integer.BYTES, command, offset, length);
        tail += Integer.BYTES + length;
        return true;
    }

    /** What was worked on makes room. */
    private void moveDown() {
        kept.putBytes(0, kept, head, tail - head);
        tail -= head;
        head = 0;
    }
}
