package io.larch.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads the reply to a stream of events of the v2 API: chunks without end, in which there is a line
 * for each event, whose key ends with a number.
 *
 * <p>Not threadsafe; belongs to one connection.
 */
final class EventLines {
    /** What is watched. */
    static final String DIRECTORY = "/bench-watched/";

    private static final byte[] OK = ascii("HTTP/1.1 200");
    private static final byte[] CHUNKED = ascii("transfer-encoding: chunked");
    private static final byte[] KEY = ascii("\"key\":\"" + DIRECTORY);
    private static final byte[] MODIFIED = ascii("\"modifiedIndex\":");

    private final Listener listener;
    private State state = State.HEAD;
    private byte[] line = new byte[1024];
    private int length;

    /** Of a chunk: what is to come. */
    private int left;

    /** Told of events. */
    interface Listener {
        /**
         * A key was put.
         *
         * @param number with which the key ends.
         */
        void onPut(long modifiedIndex, int number);
    }

    private enum State {
        HEAD,
        SIZE,
        DATA,
        END_OF_DATA
    }

    EventLines(final Listener listener) {
        this.listener = listener;
    }

    /** Whether the server has begun to answer, and so sends what happens from now on. */
    boolean isOpen() {
        return state != State.HEAD;
    }

    /** Reads all from 0 to the position, and empties the buffer. */
    void read(final ByteBuffer arrived) {
        final int limit = arrived.position();
        for (int i = 0; i < limit; i++) {
            final byte b = arrived.get(i);
            switch (state) {
                case HEAD -> onHead(b);
                case SIZE -> onSize(b);
                case DATA -> onData(b);
                case END_OF_DATA -> {
                    if (b == '\n') {
                        state = State.SIZE;
                    }
                }
            }
        }
        arrived.clear();
    }

    private void onHead(final byte b) {
        append(b);
        if (b != '\n' || length < 4 || line[length - 3] != '\n') {
            return;
        }
        final String head = new String(line, 0, length, StandardCharsets.US_ASCII);
        if (find(OK, 0) != OK.length
                || !head.toLowerCase(java.util.Locale.ROOT)
                        .contains(new String(CHUNKED, StandardCharsets.US_ASCII))) {
            throw new IllegalStateException("no stream of events: " + head);
        }
        length = 0;
        state = State.SIZE;
    }

    private void onSize(final byte b) {
        if (b == '\n') {
            if (left == 0) {
                throw new IllegalStateException("the server ended a stream of events");
            }
            state = State.DATA;
        } else if (b != '\r') {
            left = left * 16 + Character.digit(b, 16);
        }
    }

    private void onData(final byte b) {
        if (b == '\n') {
            onLine();
            length = 0;
        } else {
            append(b);
        }
        left--;
        if (left == 0) {
            state = State.END_OF_DATA;
        }
    }

    private void append(final byte b) {
        if (length == line.length) {
            line = Arrays.copyOf(line, 2 * length);
        }
        line[length] = b;
        length++;
    }

    private void onLine() {
        final int key = find(KEY, 0);
        final int index = key < 0 ? -1 : find(MODIFIED, key);
        if (index < 0) {
            throw new IllegalStateException(
                    "no event: " + new String(line, 0, length, StandardCharsets.UTF_8));
        }
        listener.onPut(number(index), (int) number(key));
    }

    /** The offset behind a text, or -1. */
    private int find(final byte[] text, final int from) {
        for (int i = from; i + text.length <= length; i++) {
            if (Arrays.equals(line, i, i + text.length, text, 0, text.length)) {
                return i + text.length;
            }
        }
        return -1;
    }

    private long number(final int offset) {
        long number = 0;
        for (int i = offset; i < length && Character.isDigit(line[i]); i++) {
            number = number * 10 + line[i] - '0';
        }
        return number;
    }

    private static byte[] ascii(final String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
