package io.larch.http.output;

import io.larch.engine.codec.ErrorCode;
import io.larch.http.keys.SlicedPrinter;
import io.larch.http.text.Ascii;
import io.larch.http.text.ByteWriter;
import io.larch.http.text.JsonWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;

/**
 * What a connection still has to send and does not print at once: long events, the parts of a long
 * read, and what came behind them. Printed piece by piece as the client takes it, in chunks for
 * HTTP/1.1, and as it is for 1.0.
 *
 * <p>One event loop's.
 */
public final class LongBody {
    /** A piece is printed until it is about so long. */
    private static final int PIECE_BYTES = 32 << 10;

    private static final byte[] CRLF = Ascii.bytes("\r\n");

    private final ArrayDeque<Item> items = new ArrayDeque<>();
    private final SlicedPrinter printer = new SlicedPrinter();
    private final ByteWriter hex = new ByteWriter();
    private final boolean isChunked;
    private long bytes;
    private int position;

    /** Something to send: printed already, or bytes to be printed. */
    private static final class Item {
        private ByteBuf printed;
        private LongEvent event;

        /** Of an error whose cause the bytes are; else null. */
        private ErrorCode code;

        private long storeIndex;

        /** The bytes go on where the ones before ended. */
        private boolean isContinued;

        void release() {
            if (printed != null) {
                printed.release();
            } else {
                event.release();
            }
        }

        int length() {
            return printed != null ? printed.readableBytes() : event.length();
        }
    }

    public LongBody(final boolean isChunked) {
        this.isChunked = isChunked;
    }

    /** Appends what is printed, chunks and all; takes it over. */
    public void printed(final ByteBuf frame) {
        final Item item = new Item();
        item.printed = frame;
        add(item);
    }

    /** Appends an event; takes over the caller's hold of it. */
    public void event(final LongEvent event) {
        final Item item = new Item();
        item.event = event;
        add(item);
    }

    /** Appends an error with a long cause; takes over the caller's hold of it. */
    public void error(final ErrorCode code, final LongEvent cause, final long storeIndex) {
        final Item item = new Item();
        item.event = cause;
        item.code = code;
        item.storeIndex = storeIndex;
        add(item);
    }

    /**
     * Appends a part of one event; takes over the caller's hold of it.
     *
     * @param isFirst the event begins with it.
     */
    public void part(final LongEvent part, final boolean isFirst) {
        final Item item = new Item();
        item.event = part;
        item.isContinued = !isFirst;
        add(item);
    }

    private void add(final Item item) {
        items.addLast(item);
        bytes += item.length();
    }

    public boolean isEmpty() {
        return items.isEmpty();
    }

    /** Things that wait, begun ones too. */
    public int size() {
        return items.size();
    }

    /** Bytes of what waits, not yet printed or printed already. */
    public long bytes() {
        return bytes;
    }

    /**
     * The next piece to write; the caller owns it. Not to be called when it is empty.
     *
     * @param json where to print; emptied.
     */
    public ByteBuf next(final ByteBufAllocator allocator, final JsonWriter json) {
        final Item item = items.peekFirst();
        if (item.printed != null) {
            items.removeFirst();
            bytes -= item.length();
            return item.printed;
        }
        if (position == 0 && !item.isContinued) {
            begin(item, json);
        }
        position =
                printer.print(item.event.bytes(), position, item.event.length(), json, PIECE_BYTES);
        if (position == item.event.length()) {
            items.removeFirst();
            bytes -= item.length();
            item.release();
            position = 0;
        }
        return frame(allocator, json.out());
    }

    private void begin(final Item item, final JsonWriter json) {
        if (item.code == null) {
            printer.event();
        } else {
            printer.error(item.code, item.event.length(), item.storeIndex, json);
        }
    }

    private ByteBuf frame(final ByteBufAllocator allocator, final ByteWriter piece) {
        final ByteBuf frame = allocator.directBuffer(piece.length() + 16);
        if (isChunked && piece.length() > 0) {
            hex.clear();
            hex.putHex(piece.length());
            hex.copyTo(frame);
            frame.writeBytes(CRLF);
        }
        piece.copyTo(frame);
        if (isChunked && piece.length() > 0) {
            frame.writeBytes(CRLF);
        }
        return frame;
    }

    /** Forgets all that waits. */
    public void release() {
        items.forEach(Item::release);
        items.clear();
        bytes = 0;
        position = 0;
    }
}
