package io.larch.http.keys;

import io.larch.http.text.Ascii;

/** Names that mean something on /v2/keys; all others are ignored. */
enum Parameter {
    PREV_INDEX("prevIndex"),
    WAIT_INDEX("waitIndex"),
    RECURSIVE("recursive"),
    SORTED("sorted"),
    WAIT("wait"),
    DIR("dir"),
    QUORUM("quorum"),
    STREAM("stream"),
    PREV_VALUE("prevValue"),
    NO_VALUE_ON_SUCCESS("noValueOnSuccess"),
    TTL("ttl"),
    PREV_EXIST("prevExist"),
    REFRESH("refresh"),
    VALUE("value");

    static final int COUNT = values().length;

    private static final Parameter[] VALUES = values();

    private final String text;

    Parameter(final String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    /** The parameter of this name, case-sensitive; null for one without meaning. */
    static Parameter of(final byte[] bytes, final int from, final int to) {
        for (final Parameter parameter : VALUES) {
            if (Ascii.equal(bytes, from, to, parameter.text)) {
                return parameter;
            }
        }
        return null;
    }
}
