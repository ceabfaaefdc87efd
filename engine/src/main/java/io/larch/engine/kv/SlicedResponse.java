package io.larch.engine.kv;

import io.larch.engine.application.SlicedRead;
import io.larch.engine.codec.kv.KvError;
import io.larch.engine.codec.kv.KvReply;
import io.larch.engine.mvcc.Step;
import org.agrona.MutableDirectBuffer;

/**
 * An answer that is too long to be made at once: the head of a {@link KvReply}, the length of its
 * body, the body; parted anywhere. The first calls may write nothing, since the length has to be
 * found out. When what is asked for is compacted by then, the head says so, with a body of length
 * 0; when it is compacted later, the read is cut.
 *
 * <p>Owned by the engine thread.
 */
final class SlicedResponse implements SlicedRead {
    private final HeldReads reads;
    private final Piece body;
    private final long revision;
    private boolean isPrepared;
    private boolean isDone;
    private boolean isCut;
    private boolean isReplaced;
    private boolean isClosed;

    /**
     * @param revision of the store now.
     */
    SlicedResponse(final HeldReads reads, final Piece body, final long revision) {
        this.reads = reads;
        this.body = body;
        this.revision = revision;
        reads.opened(this);
    }

    @Override
    public long index() {
        return revision;
    }

    @Override
    public boolean isDone() {
        return isDone;
    }

    @Override
    public boolean isCut() {
        return isCut;
    }

    @Override
    public boolean isReplaced() {
        return isReplaced;
    }

    @Override
    public int write(
            final MutableDirectBuffer target,
            final int offset,
            final int maxLength,
            final int maxSteps) {
        if (isClosed) {
            throw new IllegalStateException("the read is closed");
        }
        int at = offset;
        if (!isPrepared) {
            final Step step = body.prepare(maxSteps);
            reads.limit();
            if (isCut || step == Step.PAUSED) {
                return offset;
            }
            isPrepared = true;
            if (step == Step.COMPACTED) {
                isDone = true;
                return refuse(target, offset);
            }
            at = KvReply.encodeSlicedHead(target, offset, body.length());
        }
        if (!body.isWritten() && at - offset < maxLength) {
            at = body.write(target, at, maxLength - (at - offset), maxSteps);
            if (at < 0) {
                cut();
                return offset;
            }
        }
        isDone = body.isWritten();
        return at;
    }

    private static int refuse(final MutableDirectBuffer target, final int offset) {
        final int end = KvReply.encodeSlicedHead(target, offset, 0);
        KvReply.encodeHead(target, offset, false, KvError.COMPACTED);
        return end;
    }

    long heldBytes() {
        return body.heldBytes();
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            body.close();
            reads.closed(this);
        }
    }

    /** What it holds is too much, or what it reads is no more. */
    void cut() {
        isCut = true;
        close();
    }

    /** The state goes. */
    void replace() {
        isReplaced = true;
        cut();
    }
}
