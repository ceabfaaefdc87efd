package io.larch.http.v3.service;

import io.larch.engine.codec.kv.ProtoReader;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.agrona.DirectBuffer;

/**
 * Finds keys that a branch of a transaction would change twice: two puts of one key, or a put of a
 * key that is deleted there, with those of nested transactions. Both branches of a nested
 * transaction may put a key, since only one of them runs. Deletes may overlap, and so may reads.
 *
 * <p>As in etcd (3.4.23), a delete of all keys from one on, whose end is a single zero byte, counts
 * as no key at all here: it may stand beside any put, at any level.
 *
 * <p>Keys are compared as etcd orders them, by unsigned bytes, and never hashed: clients choose
 * them.
 *
 * <p>One branch's, with all that is nested in it.
 */
final class DuplicateKeys {
    private NavigableSet<byte[]> puts = new TreeSet<>(Arrays::compareUnsigned);

    /** What is deleted: the ends of ranges by their starts, which do not touch each other. */
    private NavigableMap<byte[], byte[]> deletes = new TreeMap<>(Arrays::compareUnsigned);

    private boolean isFound;

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
            delete(key, Arrays.copyOf(key, key.length + 1));
        } else {
            delete(key, end);
        }
    }

    private void delete(final byte[] from, final byte[] to) {
        if (Arrays.compareUnsigned(from, to) >= 0) {
            // Such is also an end that stands for all keys: nothing is below it.
            return;
        }
        byte[] start = from;
        byte[] end = to;
        final Map.Entry<byte[], byte[]> before = deletes.floorEntry(from);
        if (before != null && reaches(before.getValue(), from)) {
            start = before.getKey();
            end = later(end, before.getValue());
        }
        // Each is taken in once, so this costs no more than what they had.
        Map.Entry<byte[], byte[]> next = deletes.ceilingEntry(start);
        while (next != null && reaches(end, next.getKey())) {
            end = later(end, next.getValue());
            deletes.remove(next.getKey());
            next = deletes.ceilingEntry(start);
        }
        deletes.put(start, end);
    }

    private static boolean reaches(final byte[] end, final byte[] key) {
        return Arrays.compareUnsigned(end, key) >= 0;
    }

    private static byte[] later(final byte[] one, final byte[] other) {
        return Arrays.compareUnsigned(one, other) >= 0 ? one : other;
    }

    private void addNested(final DirectBuffer buffer, final int offset, final int length) {
        final DuplicateKeys success = new DuplicateKeys();
        success.look(buffer, offset, length, Fields.Txn.SUCCESS);
        final DuplicateKeys failure = new DuplicateKeys();
        failure.look(buffer, offset, length, Fields.Txn.FAILURE);
        isFound |= success.isFound || failure.isFound;
        isFound |= hasAny(success.puts) || hasAny(failure.puts);
        add(success);
        add(failure);
    }

    private boolean hasAny(final Set<byte[]> keys) {
        for (final byte[] key : keys) {
            if (puts.contains(key) || isDeleted(key)) {
                return true;
            }
        }
        return false;
    }

    /** Adds the fewer to the more: they may be nested deeply. */
    private void add(final DuplicateKeys nested) {
        if (nested.puts.size() > puts.size()) {
            final NavigableSet<byte[]> fewer = puts;
            puts = nested.puts;
            nested.puts = fewer;
        }
        puts.addAll(nested.puts);
        if (nested.deletes.size() > deletes.size()) {
            final NavigableMap<byte[], byte[]> fewer = deletes;
            deletes = nested.deletes;
            nested.deletes = fewer;
        }
        nested.deletes.forEach(this::delete);
    }

    private void addPut(final DirectBuffer buffer, final int offset, final int length) {
        final ProtoReader put = new ProtoReader().wrap(buffer, offset, length);
        byte[] bytes = {};
        while (put.next()) {
            if (put.field() == Fields.Put.KEY) {
                bytes = bytes(put);
            }
        }
        isFound |= !puts.add(bytes) || isDeleted(bytes);
    }

    private boolean isDeleted(final byte[] key) {
        final Map.Entry<byte[], byte[]> range = deletes.floorEntry(key);
        return range != null && Arrays.compareUnsigned(key, range.getValue()) < 0;
    }

    private static byte[] bytes(final ProtoReader field) {
        final byte[] bytes = new byte[field.length()];
        field.buffer().getBytes(field.offset(), bytes);
        return bytes;
    }
}
