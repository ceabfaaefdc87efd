package io.larch.tools.transfer;

import java.nio.charset.StandardCharsets;

/** Keys in messages: ASCII as it is, any other byte as {@code \xff}. */
final class KvText {
    private static final int MAX_BYTES = 200;

    private KvText() {}

    static String of(final byte[] key) {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < Math.min(key.length, MAX_BYTES); i++) {
            if (key[i] >= ' ' && key[i] != 0x7f) {
                text.append(new String(key, i, 1, StandardCharsets.US_ASCII));
            } else {
                text.append("\\x%02x".formatted(key[i]));
            }
        }
        return key.length > MAX_BYTES ? text.append("...").toString() : text.toString();
    }
}
