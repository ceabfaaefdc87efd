package io.larch.bench.load;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Swaps one key by the index that the last reply told of it, be it of a swap or of a refusal. The
 * first request sets the key.
 */
final class CasExchange implements Exchange {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final int FIRST_ERROR = 300;
    private static final int PRECONDITION_FAILED = 412;
    private static final byte[] MODIFIED = ascii("\"modifiedIndex\":");
    private static final byte[] UNEQUAL = ascii(" != ");

    private final ReplyParser parser = new ReplyParser();
    private final RequestTemplate swapTemplate;
    private final RequestTemplate setTemplate;
    private final ByteBuffer swap;
    private final ByteBuffer set;
    private final int key;
    private final boolean isContended;

    /** 0: not known. */
    private long index;

    /**
     * @param isContended whether others swap the same key, so that a refusal is no error, but does
     *     not count.
     */
    CasExchange(
            final RequestTemplate setTemplate,
            final RequestTemplate swapTemplate,
            final int key,
            final boolean isContended) {
        this.setTemplate = setTemplate;
        this.swapTemplate = swapTemplate;
        set = setTemplate.newBuffer();
        swap = swapTemplate.newBuffer();
        this.key = key;
        this.isContended = isContended;
    }

    @Override
    public ByteBuffer opening() {
        return NOTHING;
    }

    /** The key that is asked for is of no matter. */
    @Override
    public ByteBuffer request(final int ignored) {
        if (index == 0) {
            setTemplate.prepare(set, key);
            return set;
        }
        swapTemplate.prepare(swap, key, index);
        return swap;
    }

    @Override
    public boolean isComplete(final ByteBuffer arrived) {
        if (!parser.isComplete(arrived)) {
            return false;
        }
        index = numberBehind(arrived, isSwapped() ? MODIFIED : UNEQUAL);
        arrived.clear();
        return true;
    }

    private boolean isSwapped() {
        return parser.status() < FIRST_ERROR;
    }

    /** 0 when the text is not there. */
    static long numberBehind(final ByteBuffer reply, final byte[] text) {
        final int limit = reply.position();
        for (int i = 0; i + text.length < limit; i++) {
            if (matches(reply, i, text)) {
                return number(reply, i + text.length, limit);
            }
        }
        return 0;
    }

    private static boolean matches(final ByteBuffer reply, final int offset, final byte[] text) {
        for (int i = 0; i < text.length; i++) {
            if (reply.get(offset + i) != text[i]) {
                return false;
            }
        }
        return true;
    }

    private static long number(final ByteBuffer reply, final int offset, final int limit) {
        long number = 0;
        for (int i = offset; i < limit && Character.isDigit(reply.get(i)); i++) {
            number = number * 10 + reply.get(i) - '0';
        }
        return number;
    }

    @Override
    public ByteBuffer owed() {
        return NOTHING;
    }

    @Override
    public boolean hasFailed() {
        return !isSwapped() && !(isContended && parser.status() == PRECONDITION_FAILED);
    }

    @Override
    public boolean isCounted() {
        return isSwapped();
    }

    private static byte[] ascii(final String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
