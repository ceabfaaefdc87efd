package io.larch.tools.etcd.kv;

import io.larch.tools.etcd.kv.KvRequestException.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Transactions, as etcd's log has them: TxnRequest. What is compared, also by one within another,
 * is what was before the whole; then everything is looked at, and done if all of it is possible.
 * Operations see those before them. Not threadsafe.
 */
final class KvTxn {
    private static final int RANGE = 1;
    private static final int PUT = 2;
    private static final int DELETE = 3;
    private static final int TXN = 4;

    /** As protobuf, which is read from outside inwards, allows them, far more than etcd takes. */
    private static final int MAX_DEPTH = 100;

    private final KvStore store;

    KvTxn(final KvStore store) {
        this.store = store;
    }

    private record Operation(int kind, Fields request) {}

    /** Does all of it, or nothing. */
    void apply(final Fields txn, final boolean hasNoSpace) throws KvRequestException, IOException {
        final List<Operation> path = new ArrayList<>();
        choose(txn, path, 0);
        if (hasNoSpace && puts(txn, 0)) {
            return;
        }
        for (final Operation each : path) {
            if (each.kind == PUT && !isPossible(each.request)
                    || each.kind == RANGE && !isReadable(each.request.number(4))) {
                return;
            }
        }
        for (final Operation each : path) {
            if (each.kind == PUT) {
                put(each.request);
            } else if (each.kind == DELETE) {
                store.delete(each.request.bytes(1), each.request.end(2));
            }
        }
        store.end();
    }

    /** The operations of the branches that the comparisons choose. */
    private void choose(final Fields txn, final List<Operation> path, final int depth)
            throws KvRequestException, IOException {
        boolean isSuccess = true;
        for (final byte[] compare : txn.all(1)) {
            isSuccess &= holds(fields(compare));
        }
        for (final byte[] bytes : txn.all(isSuccess ? 2 : 3)) {
            final Operation operation = operation(bytes, depth);
            if (operation.kind == TXN) {
                choose(operation.request, path, depth + 1);
            } else {
                path.add(operation);
            }
        }
    }

    /** Whether a branch puts; one within another is not looked into, as etcd does not. */
    private static boolean puts(final Fields txn, final int depth) throws KvRequestException {
        for (int branch = 2; branch <= 3; branch++) {
            for (final byte[] bytes : txn.all(branch)) {
                if (operation(bytes, depth).kind == PUT) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Operation operation(final byte[] bytes, final int depth)
            throws KvRequestException {
        final Fields operation = fields(bytes);
        for (int kind = RANGE; kind <= TXN; kind++) {
            if (operation.has(kind) && depth < MAX_DEPTH) {
                return new Operation(kind, fields(operation.bytes(kind)));
            }
        }
        throw new KvRequestException(Kind.MALFORMED);
    }

    private static Fields fields(final byte[] bytes) throws KvRequestException {
        final Fields fields = Fields.of(new UnsafeBuffer(bytes), 0, bytes.length);
        if (fields == null) {
            throw new KvRequestException(Kind.MALFORMED);
        }
        return fields;
    }

    private boolean isReadable(final long revision) {
        return revision == 0 || revision <= store.revision() && revision >= store.compacted();
    }

    /** Whether there is what a PutRequest needs. */
    boolean isPossible(final Fields put) {
        final boolean isKept = put.number(5) != 0 || put.number(6) != 0;
        return (!isKept || store.get(put.bytes(1)) != null)
                && (put.number(3) == 0 || store.hasLease(put.number(3)));
    }

    /** PutRequest: key, value, lease, previous, keep the value, keep the lease. */
    void put(final Fields put) throws IOException {
        final byte[] key = put.bytes(1);
        final KvEntry before = store.get(key);
        final byte[] value =
                put.number(5) != 0 && before != null ? store.value(before) : put.bytes(2);
        final long lease = put.number(6) != 0 && before != null ? before.lease() : put.number(3);
        store.put(key, value, lease);
    }

    /** Compare: result, target, key, then by target; range_end. */
    private boolean holds(final Fields compare) throws IOException {
        final Collection<KvEntry> range = store.range(compare.bytes(3), compare.end(64));
        if (range.isEmpty()) {
            return compare.number(2) != 3 && holds(compare, 0);
        }
        for (final KvEntry entry : range) {
            final int order =
                    switch ((int) compare.number(2)) {
                        case 0 -> Long.compare(entry.version(), compare.number(4));
                        case 1 -> Long.compare(entry.created(), compare.number(5));
                        case 2 -> Long.compare(entry.modified(), compare.number(6));
                        case 3 -> KvStore.ORDER.compare(store.value(entry), compare.bytes(7));
                        case 4 -> Long.compare(entry.lease(), compare.number(8));
                        default -> 0;
                    };
            if (!isWanted(compare, order)) {
                return false;
            }
        }
        return true;
    }

    /** Of a key that is not there: each of its numbers is 0. */
    private static boolean holds(final Fields compare, final long number) {
        final int field =
                switch ((int) compare.number(2)) {
                    case 0 -> 4;
                    case 1 -> 5;
                    case 2 -> 6;
                    default -> 8;
                };
        return isWanted(compare, Long.compare(number, compare.number(field)));
    }

    private static boolean isWanted(final Fields compare, final int order) {
        return switch ((int) compare.number(1)) {
            case 0 -> order == 0;
            case 1 -> order > 0;
            case 2 -> order < 0;
            case 3 -> order != 0;
            default -> true;
        };
    }
}
