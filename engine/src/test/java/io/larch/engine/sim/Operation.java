package io.larch.engine.sim;

/**
 * What one client asked of one key, and what it was told. Times are steps of the simulation: {@code
 * called} when it was asked, {@code returned} when it was answered. Values are numbers above 0; 0
 * is "no such key".
 */
final class Operation {
    /** When an operation returns whose outcome nobody will ever know. */
    static final long NEVER = Long.MAX_VALUE;

    /** Kinds of operations on one key. */
    enum Kind {
        /** Answers the value. */
        READ,
        /** Sets {@code value}; answers the value before. */
        SET,
        /** Sets {@code value} if there was none. */
        CREATE,
        /** Sets {@code value} if there was some; answers the one before. */
        UPDATE,
        /** Sets {@code value} if there was {@code expected}. */
        SWAP,
        /** Removes the key if there is one; answers the value before. */
        DELETE,
        /** Removes the key if there was {@code expected}. */
        COMPARE_AND_DELETE
    }

    /** Answers of operations that did nothing. */
    static final long ABSENT = -1;

    static final long EXISTS = -2;
    static final long DIFFERENT = -3;

    final Kind kind;
    final long value;
    final long expected;
    final long called;

    /** {@link #NEVER} until the answer is known. */
    long returned = NEVER;

    /** The value before (reads: the value), or one of the constants. */
    long answer;

    /** Why it is unknown, if anybody said so. */
    String cause = "";

    Operation(final Kind kind, final long value, final long expected, final long called) {
        this.kind = kind;
        this.value = value;
        this.expected = expected;
        this.called = called;
    }

    boolean isKnown() {
        return returned != NEVER;
    }

    Operation answered(final long answer, final long returned) {
        this.answer = answer;
        this.returned = returned;
        return this;
    }

    /** What the operation must answer when the key holds {@code state}. */
    long answerAt(final long state) {
        return switch (kind) {
            case READ -> state == 0 ? ABSENT : state;
            case SET -> state;
            case CREATE -> state == 0 ? 0 : EXISTS;
            case UPDATE, DELETE -> state == 0 ? ABSENT : state;
            case SWAP, COMPARE_AND_DELETE ->
                    state == 0 ? ABSENT : state == expected ? state : DIFFERENT;
        };
    }

    /** What the key holds afterwards. */
    long stateAfter(final long state) {
        return switch (kind) {
            case READ -> state;
            case SET -> value;
            case CREATE -> state == 0 ? value : state;
            case UPDATE -> state == 0 ? 0 : value;
            case SWAP -> state != 0 && state == expected ? value : state;
            case DELETE -> 0;
            case COMPARE_AND_DELETE -> state == expected ? 0 : state;
        };
    }

    @Override
    public String toString() {
        return kind
                + " value="
                + value
                + " expected="
                + expected
                + " called="
                + called
                + (isKnown() ? " returned=" + returned + " answer=" + answer : " unknown " + cause);
    }
}
