package io.larch.engine.codec;

import java.nio.charset.StandardCharsets;

/** What happened, in the words of the API. The ordinal is stored and never changes. */
public enum Action {
    GET("get"),
    SET("set"),
    CREATE("create"),
    UPDATE("update"),
    COMPARE_AND_SWAP("compareAndSwap"),
    DELETE("delete"),
    COMPARE_AND_DELETE("compareAndDelete"),
    EXPIRE("expire");

    private static final Action[] VALUES = values();

    private final byte[] text;

    Action(final String text) {
        this.text = text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The word in the reply's {@code action} field, ASCII. Not to be changed by the caller. */
    public byte[] text() {
        return text;
    }

    public static Action of(final int ordinal) {
        if (ordinal < 0 || ordinal >= VALUES.length) {
            throw new IllegalArgumentException("unknown action: " + ordinal);
        }
        return VALUES[ordinal];
    }
}
