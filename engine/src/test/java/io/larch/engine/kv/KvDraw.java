package io.larch.engine.kv;

import io.larch.engine.kv.KvRequest.Compare;
import io.larch.engine.kv.KvRequest.Delete;
import io.larch.engine.kv.KvRequest.Put;
import io.larch.engine.kv.KvRequest.Range;
import io.larch.engine.kv.KvRequest.Txn;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/** Draws requests of the v3 API of all kinds, about a few keys and leases. */
public final class KvDraw {
    private final SplittableRandom random;
    private final String[] keys;
    private final String[] ends;
    private final int leases;
    private final LongSupplier revision;

    /**
     * @param ends of ranges, beside the keys themselves.
     * @param leases of ids from two below 0 up.
     * @param revision tells the newest, which what is drawn is about.
     */
    public KvDraw(
            final SplittableRandom random,
            final String[] keys,
            final String[] ends,
            final int leases,
            final LongSupplier revision) {
        this.random = random;
        this.keys = keys;
        this.ends = ends;
        this.leases = leases;
        this.revision = revision;
    }

    /** A transaction; of reads alone, if it is said so. */
    public Txn txn(final boolean isRead) {
        return txn(0, new HashSet<>(), new ArrayList<>(), isRead);
    }

    public Delete delete() {
        return new Delete(key(), end(), flip());
    }

    public boolean flip() {
        return random.nextBoolean();
    }

    public String key() {
        return keys[random.nextInt(keys.length)];
    }

    public String end() {
        return switch (random.nextInt(6)) {
            case 0, 1 -> "";
            case 2, 3 -> ends[random.nextInt(ends.length)];
            default -> key();
        };
    }

    public Put put(final String key) {
        final boolean ignoresValue = random.nextInt(8) == 0;
        final boolean ignoresLease = random.nextInt(8) == 0;
        return new Put(
                key,
                ignoresValue ? "" : "v" + random.nextInt(8) + ".".repeat(random.nextInt(30)),
                ignoresLease || random.nextInt(3) > 0 ? 0 : leaseId(),
                flip(),
                ignoresValue,
                ignoresLease);
    }

    public long leaseId() {
        return random.nextInt(leases) - 2;
    }

    public Range range(final boolean mayAskTheFuture) {
        final boolean isOld = random.nextInt(4) == 0;
        final boolean isFiltered = random.nextInt(5) == 0;
        final boolean isSorted = random.nextInt(4) == 0;
        return new Range(
                key(),
                end(),
                random.nextInt(3) == 0 ? random.nextInt(5) : 0,
                isOld ? revision.getAsLong() - random.nextInt(30) + (mayAskTheFuture ? 1 : 0) : 0,
                isSorted ? random.nextInt(3) : 0,
                isSorted ? random.nextInt(5) : 0,
                random.nextInt(4) == 0,
                random.nextInt(6) == 0,
                isFiltered ? bound() : 0,
                isFiltered ? bound() : 0,
                isFiltered ? bound() : 0,
                isFiltered ? bound() : 0);
    }

    private long bound() {
        return random.nextInt(3) == 0 ? Math.max(0, revision.getAsLong() - random.nextInt(50)) : 0;
    }

    private Txn txn(
            final int depth,
            final Set<String> put,
            final List<Delete> deletes,
            final boolean isRead) {
        final List<Compare> compares = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            compares.add(compare());
        }
        return new Txn(
                compares, branch(depth, put, deletes, isRead), branch(depth, put, deletes, isRead));
    }

    private List<Object> branch(
            final int depth,
            final Set<String> put,
            final List<Delete> deletes,
            final boolean isRead) {
        final List<Object> branch = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            final int kind = random.nextInt(isRead ? 2 : 5);
            if (kind == 1 && depth < 3) {
                branch.add(txn(depth + 1, put, deletes, isRead));
            } else if (kind <= 1) {
                branch.add(range(random.nextInt(4) == 0));
            } else if (kind == 2) {
                final Delete delete = new Delete(key(), end(), flip());
                if (put.stream().noneMatch(key -> covers(delete, key))) {
                    deletes.add(delete);
                    branch.add(delete);
                }
            } else {
                final Put each = put(key());
                if (deletes.stream().noneMatch(delete -> covers(delete, each.key()))
                        && put.add(each.key())) {
                    branch.add(each);
                }
            }
        }
        return branch;
    }

    private static boolean covers(final Delete delete, final String key) {
        return delete.end().isEmpty()
                ? delete.key().equals(key)
                : key.compareTo(delete.key()) >= 0
                        && (delete.end().equals("\0") || key.compareTo(delete.end()) < 0);
    }

    private Compare compare() {
        final int target = random.nextInt(5);
        final long number =
                switch (target) {
                    case 0 -> random.nextInt(3);
                    case 4 -> leaseId();
                    default -> Math.max(0, revision.getAsLong() - random.nextInt(20));
                };
        return new Compare(
                key(),
                random.nextInt(4) == 0 ? end() : "",
                random.nextInt(4),
                target,
                target == 3 ? 0 : number,
                target == 3 ? "v" + random.nextInt(8) : "");
    }
}
