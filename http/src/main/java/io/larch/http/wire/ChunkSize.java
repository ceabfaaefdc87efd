package io.larch.http.wire;

import io.larch.http.text.Ascii;

/**
 * The line before a chunk that tells its size, byte by byte, judged as etcd's HTTP server does
 * (seen with etcd 3.4.23, Go 1.19): it ends with LF, with or without CR; blanks at its end do not
 * count, nor does what follows a semicolon; blanks anywhere else are no digits; no digit at all is
 * a 0.
 *
 * <p>Not threadsafe.
 */
final class ChunkSize {
    /** Of a line with its end; also the most that Go's server keeps of a connection's input. */
    static final int MAX_LINE_BYTES = 4096;

    /** Leading zeros count as well: an endless row of them is no size. */
    private static final int MAX_DIGITS = 16;

    private enum State {
        DIGITS,
        BLANKS,
        EXTENSION
    }

    private State state;
    private int length;
    private int digits;
    private long size;
    private String error;

    /** The line of the next chunk begins. */
    void start() {
        state = State.DIGITS;
        length = 0;
        digits = 0;
        size = 0;
        error = null;
    }

    /**
     * @return whether the line is over: with a {@link #size()}, or with an {@link #error()}.
     */
    boolean take(final byte b) {
        if (++length >= MAX_LINE_BYTES) {
            return fail("header line too long");
        }
        if (b == '\n') {
            return true;
        }
        if (state == State.EXTENSION) {
            return false;
        }
        if (b == ' ' || b == '\t' || b == '\r') {
            state = State.BLANKS;
            return false;
        }
        if (state == State.BLANKS) {
            return fail("invalid byte in chunk length");
        }
        if (b == ';') {
            state = State.EXTENSION;
            return false;
        }
        return digit(Ascii.hexDigit(b));
    }

    private boolean digit(final int digit) {
        if (digit < 0) {
            return fail("invalid byte in chunk length");
        }
        if (++digits > MAX_DIGITS) {
            return fail("http chunk length too large");
        }
        size = size << 4 | digit;
        return false;
    }

    private boolean fail(final String reason) {
        error = reason;
        return true;
    }

    /** The bytes of the chunk; more than fit in a long are {@link Long#MAX_VALUE}. */
    long size() {
        return size < 0 ? Long.MAX_VALUE : size;
    }

    /** What is wrong with the line, in Go's words; null when nothing is. */
    String error() {
        return error;
    }
}
