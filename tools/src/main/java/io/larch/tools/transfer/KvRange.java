package io.larch.tools.transfer;

import io.larch.tools.etcd.kv.KvEntry;
import io.larch.tools.etcd.kv.KvStore;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;

/**
 * The v3 keys that begin with a prefix.
 *
 * @param prefix in bytes; empty: all keys.
 */
record KvRange(byte[] prefix) {
    private static final byte[] ZERO = {0};

    static KvRange of(final String prefix) {
        return new KvRange(prefix.getBytes(StandardCharsets.UTF_8));
    }

    boolean isAll() {
        return prefix.length == 0;
    }

    /** The first key there may be. */
    byte[] start() {
        return isAll() ? ZERO : prefix;
    }

    /** Behind the last, as a request has it: 0 for no end. */
    byte[] end() {
        for (int i = prefix.length - 1; i >= 0; i--) {
            if (prefix[i] != -1) {
                final byte[] end = Arrays.copyOf(prefix, i + 1);
                end[i]++;
                return end;
            }
        }
        return ZERO;
    }

    /** Those of a store, in their order. */
    Collection<KvEntry> of(final KvStore store) {
        final byte[] end = end();
        return Arrays.equals(end, ZERO)
                ? store.keys().tailMap(start(), true).values()
                : store.keys().subMap(start(), true, end, false).values();
    }
}
