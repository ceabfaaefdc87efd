package io.larch.http;

import io.larch.engine.port.Reply;
import io.larch.http.output.LongBody;
import io.larch.http.output.LongEvent;
import io.larch.http.output.OutputBudget;
import io.netty.buffer.ByteBuf;

/**
 * The body of a reply that is too long to be printed at once: printed as the client takes it,
 * within the loop's share. Made when it is needed, for one reply.
 *
 * <p>One event loop's.
 */
final class LongReply {
    /** Longer answers are printed piece by piece. */
    private static final int LONG_BYTES = 128 << 10;

    private final ClientConnection connection;
    private final PrintShare share;
    private final OutputBudget budget;
    private final Exchange exchange;
    private final LongBody body;
    private boolean isPrinting;
    private boolean isWaitingForTurn;
    private boolean isComplete;
    private boolean isReleased;

    /** Whose reply it is. */
    interface Exchange {
        /** One of the things that were put in is printed; so many are left. */
        void onPrinted(int left);

        /** All is printed, and no more will come. */
        void onAllPrinted();
    }

    LongReply(final ClientConnection connection, final EdgeLoop loop, final Exchange exchange) {
        this.connection = connection;
        this.share = loop.share();
        this.budget = loop.outputBudget();
        this.exchange = exchange;
        this.body = new LongBody(!connection.request().isHttp10());
    }

    /** Whether an answer of so many bytes is to be printed piece by piece. */
    static boolean isLong(final int length) {
        return length > LONG_BYTES;
    }

    ClientConnection connection() {
        return connection;
    }

    /** Appends what is printed, chunks and all; takes it over. */
    void printed(final ByteBuf frame) {
        body.printed(frame);
    }

    /** Appends an event; takes over the caller's hold of it. */
    void event(final LongEvent event) {
        body.event(event);
    }

    /** Appends an error with a long cause; takes over the caller's hold of it. */
    void error(final Reply error, final LongEvent cause) {
        body.error(error.error(), cause, error.storeIndex());
    }

    /**
     * Appends a part of one event. Its memory was taken before it was asked for; what it is longer
     * than usual is taken now.
     *
     * @param isFirst the event begins with it.
     */
    void part(final Reply part, final boolean isFirst) {
        final int moreBytes = Math.max(0, part.length() - Reply.PART_BYTES);
        budget.take(moreBytes);
        body.part(
                LongEvent.copy(
                        connection.alloc(),
                        budget,
                        moreBytes,
                        part.bytes(),
                        part.offset(),
                        part.length()),
                isFirst);
    }

    /** Nothing will be appended any more. */
    void complete() {
        isComplete = true;
    }

    boolean isEmpty() {
        return body.isEmpty();
    }

    /** Things that wait, begun ones too. */
    int size() {
        return body.size();
    }

    /** Bytes of what waits, not yet printed or printed already. */
    long bytes() {
        return body.bytes();
    }

    /** Prints as much as the client takes, within the loop's share. */
    void print() {
        if (isPrinting || isWaitingForTurn || isReleased) {
            return;
        }
        isPrinting = true;
        while (!body.isEmpty() && connection.isWritable() && mayPrint()) {
            final int size = body.size();
            final ByteBuf piece = body.next(connection.alloc(), connection.replies().body());
            share.printed(piece.readableBytes());
            connection.write(piece);
            if (body.size() < size) {
                exchange.onPrinted(body.size());
            }
        }
        isPrinting = false;
        if (isComplete && body.isEmpty() && !isReleased) {
            exchange.onAllPrinted();
        }
    }

    private boolean mayPrint() {
        isWaitingForTurn = !share.mayPrint(this);
        return !isWaitingForTurn;
    }

    /** The loop has looked at everything else. */
    void onTurn() {
        isWaitingForTurn = false;
        print();
    }

    /** Forgets all that waits; prints no more. */
    void release() {
        isReleased = true;
        body.release();
    }
}
