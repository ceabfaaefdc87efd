package io.larch.http.v3.service;

import io.larch.engine.codec.kv.ProtoReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.agrona.DirectBuffer;

/**
 * Finds keys that a branch of a transaction would change twice: two puts of one key, or a put of a
 * key that is deleted there, with those of nested transactions. Both branches of a nested
 * transaction may put a key, since only one of them runs. Deletes may overlap, and so may reads.
 *
 * <p>One branch's, with all that is nested in it.
 */
final class DuplicateKeys {
    private final Set<Key> puts = new HashSet<>();
    private final List<Interval> deletes = new ArrayList<>();
    private boolean isFound;

    /** A key, compared as etcd orders keys: by unsigned bytes. */
    private record Key(byte[] bytes) {
        @Override
        public boolean equals(final Object other) {
            return other instanceof Key key && Arrays.equals(bytes, key.bytes);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(bytes);
        }
    }

    /**
     * Keys from one, inclusive, to another, exclusive.
     *
     * @param to null: to the end of all keys.
     */
    private record Interval(byte[] from, byte[] to) {
        boolean holds(final Key key) {
            return Arrays.compareUnsigned(from, key.bytes()) <= 0
                    && (to == null || Arrays.compareUnsigned(key.bytes(), to) < 0);
        }
    }

    /**
     * Whether a branch has any.
     *
     * @param txn a transaction's message.
     * @param branch the field of its branch.
     */
    static boolean areIn(
            final DirectBuffer buffer, final int offset, final int length, final int branch) {
        final DuplicateKeys keys = new DuplicateKeys();
        keys.look(buffer, offset, length, branch);
        return keys.isFound;
    }

    private void look(
            final DirectBuffer buffer, final int offset, final int length, final int branch) {
        // Deletes of this level first: what is nested must not put what they delete.
        forEach(buffer, offset, length, branch, Fields.Op.DELETE_RANGE, this::addDelete);
        forEach(buffer, offset, length, branch, Fields.Op.TXN, this::addNested);
        forEach(buffer, offset, length, branch, Fields.Op.PUT, this::addPut);
    }

    /** Takes one operation. */
    private interface Operations {
        void take(DirectBuffer buffer, int offset, int length);
    }

    private static void forEach(
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final int branch,
            final int kind,
            final Operations operations) {
        final ProtoReader txn = new ProtoReader().wrap(buffer, offset, length);
        final ProtoReader op = new ProtoReader();
        while (txn.next()) {
            if (txn.field() == branch && txn.is(ProtoReader.BYTES)) {
                takeLast(op.wrap(txn), kind, operations);
            }
        }
    }

    /** Of several operations in one place the last counts. */
    private static void takeLast(
            final ProtoReader op, final int kind, final Operations operations) {
        int last = 0;
        int offset = 0;
        int length = 0;
        while (op.next()) {
            if (op.is(ProtoReader.BYTES) && op.field() <= Fields.Op.TXN) {
                last = op.field();
                offset = op.offset();
                length = op.length();
            }
        }
        if (last == kind) {
            operations.take(op.buffer(), offset, length);
        }
    }

    private void addDelete(final DirectBuffer buffer, final int offset, final int length) {
        final ProtoReader delete = new ProtoReader().wrap(buffer, offset, length);
        byte[] key = {};
        byte[] end = {};
        while (delete.next()) {
            if (delete.field() == Fields.DeleteRange.KEY) {
                key = bytes(delete);
            } else if (delete.field() == Fields.DeleteRange.RANGE_END) {
                end = bytes(delete);
            }
        }
        if (end.length == 0) {
            deletes.add(new Interval(key, Arrays.copyOf(key, key.length + 1)));
        } else {
            deletes.add(new Interval(key, end.length == 1 && end[0] == 0 ? null : end));
        }
    }

    private void addNested(final DirectBuffer buffer, final int offset, final int length) {
        final DuplicateKeys success = new DuplicateKeys();
        success.look(buffer, offset, length, Fields.Txn.SUCCESS);
        final DuplicateKeys failure = new DuplicateKeys();
        failure.look(buffer, offset, length, Fields.Txn.FAILURE);
        isFound |= success.isFound || failure.isFound;
        for (final Key key : success.puts) {
            isFound |= puts.contains(key) || isDeleted(key);
        }
        for (final Key key : failure.puts) {
            isFound |= puts.contains(key) || isDeleted(key);
        }
        puts.addAll(success.puts);
        puts.addAll(failure.puts);
        deletes.addAll(success.deletes);
        deletes.addAll(failure.deletes);
    }

    private void addPut(final DirectBuffer buffer, final int offset, final int length) {
        final ProtoReader put = new ProtoReader().wrap(buffer, offset, length);
        byte[] bytes = {};
        while (put.next()) {
            if (put.field() == Fields.Put.KEY) {
                bytes = bytes(put);
            }
        }
        final Key key = new Key(bytes);
        isFound |= !puts.add(key) || isDeleted(key);
    }

    private boolean isDeleted(final Key key) {
        for (final Interval interval : deletes) {
            if (interval.holds(key)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] bytes(final ProtoReader field) {
        final byte[] bytes = new byte[field.length()];
        field.buffer().getBytes(field.offset(), bytes);
        return bytes;
    }
}
