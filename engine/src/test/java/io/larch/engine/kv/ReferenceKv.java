package io.larch.engine.kv;

import static io.larch.engine.kv.ProtoMessage.message;

import io.larch.engine.codec.kv.KvError;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * etcd's rules once more, as plainly as can be: lists and maps, and everything looked at each time.
 * Keys and values are texts of one byte a character. What the real application is compared with.
 */
final class ReferenceKv {
    static final long SECOND = 1_000_000_000L;

    record Range(
            String key,
            String end,
            long limit,
            long revision,
            int order,
            int target,
            boolean keysOnly,
            boolean countOnly,
            long minMod,
            long maxMod,
            long minCreate,
            long maxCreate) {
        ProtoMessage encode() {
            return message()
                    .text(1, key)
                    .text(2, end)
                    .number(3, limit)
                    .number(4, revision)
                    .number(5, order)
                    .number(6, target)
                    .flag(8, keysOnly)
                    .flag(9, countOnly)
                    .number(10, minMod)
                    .number(11, maxMod)
                    .number(12, minCreate)
                    .number(13, maxCreate);
        }
    }

    record Put(
            String key,
            String value,
            long lease,
            boolean prevKv,
            boolean ignoreValue,
            boolean ignoreLease) {
        ProtoMessage encode() {
            return message()
                    .text(1, key)
                    .text(2, value)
                    .number(3, lease)
                    .flag(4, prevKv)
                    .flag(5, ignoreValue)
                    .flag(6, ignoreLease);
        }
    }

    record Delete(String key, String end, boolean prevKv) {
        ProtoMessage encode() {
            return message().text(1, key).text(2, end).flag(3, prevKv);
        }
    }

    /**
     * @param number what it is compared with, unless the target is the value.
     */
    record Compare(String key, String end, int result, int target, long number, String value) {
        ProtoMessage encode() {
            final ProtoMessage message = message().number(1, result).number(2, target).text(3, key);
            switch (target) {
                case 0 -> message.number(4, number);
                case 1 -> message.number(5, number);
                case 2 -> message.number(6, number);
                case 3 -> message.text(7, value);
                default -> message.number(8, number);
            }
            return message.text(64, end);
        }
    }

    /** Operations are of the other records. */
    record Txn(List<Compare> compares, List<Object> success, List<Object> failure) {
        ProtoMessage encode() {
            final ProtoMessage message = message();
            compares.forEach(compare -> message.element(1, compare.encode()));
            success.forEach(op -> message.element(2, encode(op)));
            failure.forEach(op -> message.element(3, encode(op)));
            return message;
        }

        private static ProtoMessage encode(final Object op) {
            if (op instanceof Range range) {
                return message().element(1, range.encode());
            }
            if (op instanceof Put put) {
                return message().element(2, put.encode());
            }
            if (op instanceof Delete delete) {
                return message().element(3, delete.encode());
            }
            return message().element(4, ((Txn) op).encode());
        }
    }

    /** A version of a key. */
    private static final class Version {
        private String key;
        private String value = "";
        private long create;
        private long mod;
        private long version;
        private long lease;
        private boolean isTombstone;

        private ProtoMessage encode(final boolean isKeyOnly) {
            return message()
                    .text(1, key)
                    .number(2, create)
                    .number(3, mod)
                    .number(4, version)
                    .text(5, isKeyOnly ? "" : value)
                    .number(6, lease);
        }
    }

    private static final class Lease {
        private long ttl;
        private long deadline;
    }

    private final List<Version> log = new ArrayList<>();
    private final TreeMap<String, List<Version>> byKey = new TreeMap<>();
    private final TreeMap<Long, Lease> leases = new TreeMap<>();
    private long revision = 1;
    private long compacted = -1;
    private long stood;
    private long lastNanos;
    private long term;
    private boolean hasChanged;
    KvError error;

    long revision() {
        return revision;
    }

    long compacted() {
        return compacted;
    }

    boolean hasLease(final long id) {
        return leases.containsKey(id);
    }

    private long writingRevision() {
        return revision + 1;
    }

    private long seenRevision() {
        return hasChanged ? revision + 1 : revision;
    }

    private void commit() {
        revision = seenRevision();
        hasChanged = false;
    }

    // --- time ---

    void passing(final long newTerm, final long nanos) {
        if (newTerm != term) {
            if (!leases.isEmpty()) {
                stood += nanos - lastNanos;
            }
            term = newTerm;
        }
        lastNanos = nanos;
    }

    private long now() {
        return lastNanos - stood;
    }

    /** Ends the leases whose time is up, in the order of their ends. */
    void expire() {
        while (true) {
            final Long next =
                    leases.entrySet().stream()
                            .filter(each -> each.getValue().deadline <= now())
                            .min(
                                    Comparator.comparingLong(
                                                    (Map.Entry<Long, Lease> each) ->
                                                            each.getValue().deadline)
                                            .thenComparingLong(Map.Entry::getKey))
                            .map(Map.Entry::getKey)
                            .orElse(null);
            if (next == null) {
                return;
            }
            end(next);
        }
    }

    // --- keys ---

    private static boolean isIn(final String key, final String start, final String end) {
        if (end.isEmpty()) {
            return key.equals(start);
        }
        return key.compareTo(start) >= 0 && (end.equals("\0") || key.compareTo(end) < 0);
    }

    private Version at(final String key, final long at) {
        Version found = null;
        for (final Version each : byKey.getOrDefault(key, List.of())) {
            if (at <= 0 || each.mod <= at) {
                found = each;
            }
        }
        return found == null || found.isTombstone ? null : found;
    }

    private List<Version> live(final String start, final String end, final long at) {
        final List<Version> found = new ArrayList<>();
        for (final String key : byKey.keySet()) {
            final Version version = isIn(key, start, end) ? at(key, at) : null;
            if (version != null) {
                found.add(version);
            }
        }
        return found;
    }

    KvError check(final Range range, final boolean isInTxn) {
        if (range.revision > revision) {
            return KvError.FUTURE_REVISION;
        }
        final boolean isChecked = isInTxn ? range.revision != 0 : range.revision > 0;
        return isChecked && range.revision < compacted ? KvError.COMPACTED : null;
    }

    byte[] range(final Range range) {
        error = check(range, false);
        return error == null ? answer(range).bytes() : null;
    }

    private ProtoMessage answer(final Range range) {
        final List<Version> all = live(range.key, range.end, range.revision);
        if (range.countOnly) {
            return message().number(4, all.size());
        }
        final Predicate<Version> filter =
                each ->
                        (range.minMod == 0 || each.mod >= range.minMod)
                                && (range.maxMod == 0 || each.mod <= range.maxMod)
                                && (range.minCreate == 0 || each.create >= range.minCreate)
                                && (range.maxCreate == 0 || each.create <= range.maxCreate);
        final boolean isFiltered =
                range.minMod != 0
                        || range.maxMod != 0
                        || range.minCreate != 0
                        || range.maxCreate != 0;
        List<Version> kept = new ArrayList<>(all);
        if (range.limit > 0 && range.order == 0 && !isFiltered) {
            kept = kept.subList(0, (int) Math.min(kept.size(), range.limit + 1));
        }
        kept.removeIf(filter.negate());
        if (range.order != 0 || range.target != 0) {
            final Comparator<Version> order =
                    switch (range.target) {
                        case 0 -> Comparator.comparing((Version each) -> each.key);
                        case 1 -> Comparator.comparingLong((Version each) -> each.version);
                        case 2 -> Comparator.comparingLong((Version each) -> each.create);
                        case 3 -> Comparator.comparingLong((Version each) -> each.mod);
                        default -> Comparator.comparing((Version each) -> each.value);
                    };
            kept.sort(range.order == 2 ? order.reversed() : order);
        }
        final boolean hasMore = range.limit > 0 && kept.size() > range.limit;
        if (hasMore) {
            kept = kept.subList(0, (int) range.limit);
        }
        final ProtoMessage answer = message();
        kept.forEach(each -> answer.element(2, each.encode(range.keysOnly)));
        return answer.flag(3, hasMore).number(4, all.size());
    }

    private KvError check(final Put put) {
        if ((put.ignoreValue || put.ignoreLease) && at(put.key, 0) == null) {
            return KvError.KEY_NOT_FOUND;
        }
        return lacksLease(put) ? KvError.LEASE_NOT_FOUND : null;
    }

    private boolean lacksLease(final Put put) {
        final Lease lease = leases.get(put.lease);
        return put.lease != 0 && (lease == null || lease.deadline <= now());
    }

    byte[] put(final Put put) {
        error = lacksLease(put) ? KvError.LEASE_NOT_FOUND : check(put);
        if (error != null) {
            return null;
        }
        final ProtoMessage answer = change(put);
        commit();
        return answer.bytes();
    }

    private ProtoMessage change(final Put put) {
        final Version before = at(put.key, 0);
        final Version after = new Version();
        after.key = put.key;
        after.value = put.ignoreValue ? before.value : put.value;
        after.lease = put.ignoreLease ? before.lease : put.lease;
        after.mod = writingRevision();
        after.create = before == null ? after.mod : before.create;
        after.version = before == null ? 1 : before.version + 1;
        add(after);
        return put.prevKv && before != null
                ? message().element(2, before.encode(false))
                : message();
    }

    private void add(final Version version) {
        hasChanged = true;
        log.add(version);
        byKey.computeIfAbsent(version.key, any -> new ArrayList<>()).add(version);
    }

    byte[] delete(final Delete delete) {
        error = null;
        final ProtoMessage answer = change(delete);
        commit();
        return answer.bytes();
    }

    private ProtoMessage change(final Delete delete) {
        final List<Version> gone = live(delete.key, delete.end, 0);
        gone.forEach(each -> bury(each.key));
        final ProtoMessage answer = message().number(2, gone.size());
        if (delete.prevKv) {
            gone.forEach(each -> answer.element(3, each.encode(false)));
        }
        return answer;
    }

    private void bury(final String key) {
        final Version tombstone = new Version();
        tombstone.key = key;
        tombstone.mod = writingRevision();
        tombstone.isTombstone = true;
        add(tombstone);
    }

    // --- transactions ---

    private final Map<Txn, Boolean> chosen = new java.util.IdentityHashMap<>();

    byte[] txn(final Txn txn) {
        chosen.clear();
        choose(txn);
        error = check(txn, true);
        if (error == null) {
            error = check(txn, false);
        }
        if (error != null) {
            return null;
        }
        final ProtoMessage answer = run(txn);
        commit();
        return answer.bytes();
    }

    private void choose(final Txn txn) {
        final boolean holds = txn.compares.stream().allMatch(this::holds);
        chosen.put(txn, holds);
        for (final Object op : holds ? txn.success : txn.failure) {
            if (op instanceof Txn inner) {
                choose(inner);
            }
        }
    }

    private boolean holds(final Compare compare) {
        final List<Version> found = live(compare.key, compare.end, 0);
        if (found.isEmpty()) {
            return compare.target != 3 && holds(compare, new Version());
        }
        return found.stream().allMatch(each -> holds(compare, each));
    }

    private static boolean holds(final Compare compare, final Version version) {
        final int order =
                switch (compare.target) {
                    case 0 -> Long.compare(version.version, compare.number);
                    case 1 -> Long.compare(version.create, compare.number);
                    case 2 -> Long.compare(version.mod, compare.number);
                    case 3 -> version.value.compareTo(compare.value);
                    default -> Long.compare(version.lease, compare.number);
                };
        return switch (compare.result) {
            case 0 -> order == 0;
            case 1 -> order > 0;
            case 2 -> order < 0;
            default -> order != 0;
        };
    }

    private List<Object> branch(final Txn txn) {
        return chosen.get(txn) ? txn.success : txn.failure;
    }

    private KvError check(final Txn txn, final boolean isOfPuts) {
        for (final Object op : branch(txn)) {
            KvError found = null;
            if (op instanceof Put put && isOfPuts) {
                found = check(put);
            } else if (op instanceof Range range && !isOfPuts) {
                found = check(range, true);
            } else if (op instanceof Txn inner) {
                found = check(inner, isOfPuts);
            }
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private ProtoMessage run(final Txn txn) {
        final ProtoMessage answer = message().flag(2, chosen.get(txn));
        for (final Object op : branch(txn)) {
            if (op instanceof Put put) {
                final ProtoMessage body = change(put);
                answer.element(3, message().element(2, header(writingRevision()).all(body)));
            } else if (op instanceof Range range) {
                final ProtoMessage body = answer(range);
                answer.element(3, message().element(1, header(seenRevision()).all(body)));
            } else if (op instanceof Delete delete) {
                final ProtoMessage body = change(delete);
                answer.element(3, message().element(3, header(seenRevision()).all(body)));
            } else {
                answer.element(
                        3,
                        message().element(4, message().element(1, message()).all(run((Txn) op))));
            }
        }
        return answer;
    }

    private static ProtoMessage header(final long at) {
        return message().element(1, message().number(3, at));
    }

    // --- the rest ---

    byte[] compact(final long at) {
        error =
                at <= compacted
                        ? KvError.COMPACTED
                        : at > revision ? KvError.FUTURE_REVISION : null;
        if (error != null) {
            return null;
        }
        compacted = at;
        log.removeIf(each -> each.mod < at);
        for (final List<Version> versions : byKey.values()) {
            Version kept = null;
            for (final Version each : versions) {
                kept = each.mod <= at ? each : kept;
            }
            final Version newest = kept;
            versions.removeIf(
                    each ->
                            each.mod <= at
                                    && (each != newest || each.isTombstone && each.mod < at));
        }
        byKey.values().removeIf(List::isEmpty);
        return new byte[0];
    }

    byte[] grant(final long id, final long ttl) {
        if (leases.containsKey(id) && leases.get(id).deadline <= now()) {
            end(id);
        }
        error = leases.containsKey(id) ? KvError.LEASE_EXISTS : null;
        if (error != null) {
            return null;
        }
        final Lease lease = new Lease();
        lease.ttl = ttl;
        lease.deadline = now() + ttl * SECOND;
        leases.put(id, lease);
        return message().number(2, id).number(3, ttl).bytes();
    }

    byte[] revoke(final long id) {
        error = leases.containsKey(id) ? null : KvError.LEASE_NOT_FOUND;
        if (error != null) {
            return null;
        }
        end(id);
        return new byte[0];
    }

    private void end(final long id) {
        leases.remove(id);
        keysOf(id).forEach(this::bury);
        commit();
    }

    private TreeSet<String> keysOf(final long id) {
        final TreeSet<String> keys = new TreeSet<>();
        for (final String key : byKey.keySet()) {
            final Version version = at(key, 0);
            if (version != null && version.lease == id) {
                keys.add(key);
            }
        }
        return keys;
    }

    /** The TTL that is told; 0: it is not there. */
    long keepAlive(final long id) {
        error = null;
        final Lease lease = leases.get(id);
        if (lease == null) {
            return 0;
        }
        if (lease.deadline <= now()) {
            end(id);
            return 0;
        }
        lease.deadline = now() + lease.ttl * SECOND;
        return lease.ttl;
    }

    byte[] timeToLive(final long id, final boolean hasKeys) {
        final Lease lease = leases.get(id);
        if (lease == null) {
            return message().number(2, id).number(3, -1).bytes();
        }
        final ProtoMessage answer =
                message()
                        .number(2, id)
                        .number(3, Math.max(0, lease.deadline - now()) / SECOND)
                        .number(4, lease.ttl);
        if (hasKeys) {
            keysOf(id).forEach(key -> answer.text(5, key));
        }
        return answer.bytes();
    }

    byte[] list() {
        final List<Map.Entry<Long, Lease>> sorted = new ArrayList<>(leases.entrySet());
        sorted.sort(
                Comparator.<Map.Entry<Long, Lease>>comparingLong(each -> each.getValue().deadline)
                        .thenComparingLong(Map.Entry::getKey));
        final ProtoMessage answer = message();
        sorted.forEach(each -> answer.element(2, message().number(1, each.getKey())));
        return answer.bytes();
    }

    // --- watches ---

    /** A watch, and what it has to be told. */
    static final class Watch {
        final String key;
        final String end;
        final boolean noPut;
        final boolean noDelete;
        final boolean prevKv;
        final List<byte[]> expected = new ArrayList<>();

        /** Revision of each event. */
        final List<Long> revisions = new ArrayList<>();

        long next;

        Watch(
                final String key,
                final String end,
                final long next,
                final boolean noPut,
                final boolean noDelete,
                final boolean prevKv) {
            this.key = key;
            this.end = end;
            this.next = next;
            this.noPut = noPut;
            this.noDelete = noDelete;
            this.prevKv = prevKv;
        }
    }

    /** Adds what a watch has to be told up to now. */
    void tell(final Watch watch) {
        for (final Version each : log) {
            if (each.mod >= watch.next
                    && each.mod <= revision
                    && isIn(each.key, watch.key, watch.end)
                    && !(each.isTombstone ? watch.noDelete : watch.noPut)) {
                watch.revisions.add(each.mod);
                watch.expected.add(event(each, watch.prevKv));
            }
        }
        watch.next = Math.max(watch.next, revision + 1);
    }

    private byte[] event(final Version each, final boolean prevKv) {
        final ProtoMessage event =
                message().flag(1, each.isTombstone).element(2, each.encode(false));
        final Version before =
                prevKv && each.mod > compacted && each.mod > 1 ? at(each.key, each.mod - 1) : null;
        return before == null ? event.bytes() : event.element(3, before.encode(false)).bytes();
    }

    /** All versions that are held, for a look at the end. */
    Map<String, Integer> versionCounts() {
        final Map<String, Integer> counts = new HashMap<>();
        byKey.forEach((key, versions) -> counts.put(key, versions.size()));
        return Collections.unmodifiableMap(counts);
    }
}
