package io.larch.engine.keys.tree;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.util.ReadResolvable;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.hash.serialization.SizedWriter;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Node id to node record. A read gives a view of the record in the map's own memory, which stays in
 * place until the record is replaced or removed: there is one thread and nothing else moves
 * entries.
 */
final class NodeMap implements AutoCloseable {
    /** Longest record; what is larger keeps its payload outside. */
    static final int MAX_RECORD_LENGTH = 1024;

    private static final int AVERAGE_RECORD_LENGTH = 160;

    private final ChronicleMap<Key, Value> map;
    private final Key key = new Key();
    private final Value reading = new Value();
    private final Value writing = new Value();
    private final LargePayloads payloads;

    NodeMap(final long maxNodes, final double maxBloatFactor, final LargePayloads payloads) {
        this.payloads = payloads;
        map =
                ChronicleMapBuilder.of(Key.class, Value.class)
                        .name("larch-nodes")
                        .entries(maxNodes)
                        .constantKeySizeBySample(new Key())
                        .averageValueSize(AVERAGE_RECORD_LENGTH)
                        .keyMarshaller(KeyMarshaller.INSTANCE)
                        .valueMarshaller(ValueMarshaller.INSTANCE)
                        .putReturnsNull(true)
                        .removeReturnsNull(true)
                        .maxBloatFactor(maxBloatFactor)
                        .skipCloseOnExitHook(true)
                        .create();
    }

    /** Points the view at a node. */
    boolean find(final int id, final NodeFlyweight node) {
        key.id = id;
        if (map.getUsing(key, reading) == null) {
            return false;
        }
        node.wrap(reading.address, reading.length, payloads);
        return true;
    }

    /** Points the view at a node that must be there. */
    void get(final int id, final NodeFlyweight node) {
        if (!find(id, node)) {
            throw new IllegalStateException("node " + id + " is linked but not there");
        }
    }

    /** Memory for a record to be put, {@link #MAX_RECORD_LENGTH} bytes. */
    UnsafeBuffer scratch() {
        return writing.scratch;
    }

    /** Puts the first bytes of the scratch memory. */
    void put(final int id, final int length) {
        key.id = id;
        writing.length = length;
        map.put(key, writing);
    }

    void remove(final int id) {
        key.id = id;
        map.remove(key);
    }

    @Override
    public void close() {
        map.close();
    }

    static final class Key {
        int id;
    }

    static final class Value {
        final UnsafeBuffer scratch = new UnsafeBuffer(new byte[MAX_RECORD_LENGTH]);
        long address;
        int length;
    }

    /** Writes an id as 4 bytes. */
    public static final class KeyMarshaller
            implements SizedReader<Key>, SizedWriter<Key>, ReadResolvable<KeyMarshaller> {
        static final KeyMarshaller INSTANCE = new KeyMarshaller();

        private KeyMarshaller() {}

        @Override
        public Key read(final Bytes<?> in, final long size, final Key using) {
            final Key result = using == null ? new Key() : using;
            result.id = in.readInt();
            return result;
        }

        @Override
        public long size(final Key toWrite) {
            return Integer.BYTES;
        }

        @Override
        public void write(final Bytes<?> out, final long size, final Key toWrite) {
            out.writeInt(toWrite.id);
        }

        @Override
        public KeyMarshaller readResolve() {
            return INSTANCE;
        }
    }

    /** Reads where a record lies, writes a record's bytes. */
    public static final class ValueMarshaller
            implements SizedReader<Value>, SizedWriter<Value>, ReadResolvable<ValueMarshaller> {
        static final ValueMarshaller INSTANCE = new ValueMarshaller();

        private ValueMarshaller() {}

        @Override
        public Value read(final Bytes<?> in, final long size, final Value using) {
            final Value result = using == null ? new Value() : using;
            result.address = in.addressForRead(in.readPosition());
            result.length = (int) size;
            return result;
        }

        @Override
        public long size(final Value toWrite) {
            return toWrite.length;
        }

        @Override
        public void write(final Bytes<?> out, final long size, final Value toWrite) {
            out.write(toWrite.scratch.byteArray(), 0, toWrite.length);
        }

        @Override
        public ValueMarshaller readResolve() {
            return INSTANCE;
        }
    }
}
