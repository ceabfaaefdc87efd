package io.larch.http.v3.gateway;

import java.util.List;

/**
 * A field of a message.
 *
 * @param number of protobuf.
 * @param name as JSON has it.
 * @param isRepeated whether it is an array.
 * @param message of a field of {@link Kind#MESSAGE}; else null.
 * @param names of an enumeration's values, by number; else null.
 */
record Field(
        int number,
        String name,
        Kind kind,
        boolean isRepeated,
        MessageType message,
        List<String> names) {
    /** What a field holds, and how JSON shows it. */
    enum Kind {
        /** A text of digits. */
        INT64,
        /** A text of digits. */
        UINT64,
        /** A number. */
        UINT32,
        BOOL,
        TEXT,
        /** Base64. */
        BYTES,
        /** The value's name. */
        ENUM,
        MESSAGE
    }

    /** The name as it may be written too, without underscores. */
    String camelName() {
        final StringBuilder camel = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) == '_' && i + 1 < name.length()) {
                i++;
                camel.append(Character.toUpperCase(name.charAt(i)));
            } else {
                camel.append(name.charAt(i));
            }
        }
        return camel.toString();
    }
}
