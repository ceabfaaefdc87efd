package io.larch.tools.etcd.kv;

import io.larch.engine.codec.kv.ProtoReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.DirectBuffer;

/**
 * A small message of protobuf, copied. Of a field that comes again the last counts, unless all are
 * asked for.
 */
final class Fields {
    private static final byte[] EMPTY = new byte[0];

    private final Map<Integer, Long> numbers = new HashMap<>();
    private final Map<Integer, List<byte[]>> bytes = new HashMap<>();

    private Fields() {}

    /** Null: it is none. */
    static Fields of(final DirectBuffer buffer, final int offset, final int length) {
        final Fields fields = new Fields();
        final ProtoReader reader = new ProtoReader().wrap(buffer, offset, length);
        while (reader.next()) {
            if (reader.is(ProtoReader.BYTES)) {
                final byte[] copy = new byte[reader.length()];
                buffer.getBytes(reader.offset(), copy);
                fields.bytes.computeIfAbsent(reader.field(), f -> new ArrayList<>()).add(copy);
            } else {
                fields.numbers.put(reader.field(), reader.number());
            }
        }
        return reader.isBroken() ? null : fields;
    }

    /** Which fields there are that are messages, or bytes. */
    Set<Integer> messages() {
        return bytes.keySet();
    }

    boolean has(final int field) {
        return bytes.containsKey(field) || numbers.containsKey(field);
    }

    long number(final int field) {
        return numbers.getOrDefault(field, 0L);
    }

    /** Empty: it is not there. */
    byte[] bytes(final int field) {
        final List<byte[]> all = all(field);
        return all.isEmpty() ? EMPTY : all.get(all.size() - 1);
    }

    List<byte[]> all(final int field) {
        return bytes.getOrDefault(field, List.of());
    }

    /** The end of a range: null for none, empty for all behind the key. */
    byte[] end(final int field) {
        final byte[] end = bytes(field);
        if (end.length == 0) {
            return null;
        }
        return end.length == 1 && end[0] == 0 ? EMPTY : end;
    }
}
