package io.larch.engine.kv;

import static io.larch.engine.kv.ProtoMessage.message;

import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvError;
import io.larch.engine.kv.KvRequest.Compare;
import io.larch.engine.kv.KvRequest.Delete;
import io.larch.engine.kv.KvRequest.Put;
import io.larch.engine.kv.KvRequest.Range;
import io.larch.engine.kv.KvRequest.Txn;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.zip.CRC32C;

/**
 * etcd's rules once more, as plainly as can be: lists and maps, and everything looked at each time.
 * Keys and values are texts of one byte a character. What the real application is compared with.
 */
public final class ReferenceKv {
    static final long SECOND = 1_000_000_000L;

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

    private record Alarm(long memberId, long kind) implements Comparable<Alarm> {
        @Override
        public int compareTo(final Alarm other) {
            final int order = Long.compareUnsigned(memberId, other.memberId);
            return order == 0 ? Long.compare(kind, other.kind) : order;
        }
    }

    /** A change: its key and the event that tells it, without what was before. */
    public record Change(String key, byte[] event) {}

    private final List<Version> log = new ArrayList<>();
    private final TreeMap<String, List<Version>> byKey = new TreeMap<>();
    private final TreeMap<Long, Lease> leases = new TreeMap<>();
    private final TreeMap<Alarm, Boolean> alarms = new TreeMap<>();
    private final boolean forgets;
    private long revision = 1;
    private long compacted = -1;
    private long stood;
    private long lastNanos;
    private long term;
    private boolean hasChanged;
    KvError error;

    ReferenceKv() {
        this(true);
    }

    /**
     * @param forgets whether a compaction takes history away; else it can be looked at still.
     */
    public ReferenceKv(final boolean forgets) {
        this.forgets = forgets;
    }

    public long revision() {
        return revision;
    }

    public long compacted() {
        return compacted;
    }

    /** Why the last request was refused; null: it was not. */
    public KvError error() {
        return error;
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

    // --- commands ---

    /**
     * Does a write as it is in the log.
     *
     * @param isOwn whether the engine has proposed it by itself.
     * @return its answer; null: it was refused.
     */
    public byte[] apply(final byte type, final byte[] body, final boolean isOwn) {
        return switch (type) {
            case KvCommand.PUT -> put(KvRequest.put(body));
            case KvCommand.DELETE_RANGE -> delete(KvRequest.delete(body));
            case KvCommand.TXN -> txn(KvRequest.txn(body));
            case KvCommand.COMPACT -> compact(ProtoMessage.number(body, 1));
            case KvCommand.LEASE_GRANT ->
                    grant(ProtoMessage.number(body, 2), ProtoMessage.number(body, 1));
            case KvCommand.LEASE_REVOKE -> revoke(ProtoMessage.number(body, 1));
            case KvCommand.LEASE_KEEP_ALIVE -> keepAlive(body);
            case KvCommand.ALARM -> alarm(body, isOwn);
            default -> throw new IllegalArgumentException("not a write: " + type);
        };
    }

    /** Answers a read of keys; null: it is refused. */
    public byte[] read(final byte type, final byte[] body) {
        return type == KvCommand.RANGE ? range(KvRequest.range(body)) : txn(KvRequest.txn(body));
    }

    private byte[] keepAlive(final byte[] ids) {
        final ByteBuffer asked = ByteBuffer.wrap(ids).order(ByteOrder.LITTLE_ENDIAN);
        final ByteBuffer answer =
                ByteBuffer.allocate(2 * ids.length).order(ByteOrder.LITTLE_ENDIAN);
        while (asked.hasRemaining()) {
            final long id = asked.getLong();
            answer.putLong(id).putLong(keepAlive(id));
        }
        return answer.array();
    }

    private byte[] alarm(final byte[] body, final boolean isOwn) {
        error = null;
        final Alarm alarm = new Alarm(ProtoMessage.number(body, 2), ProtoMessage.number(body, 3));
        final boolean isRaised = ProtoMessage.number(body, 1) == 1;
        if (isRaised) {
            alarms.putIfAbsent(alarm, isOwn);
        } else if (alarms.remove(alarm) == null) {
            return new byte[0];
        }
        return message()
                .element(2, message().number(1, alarm.memberId).number(2, alarm.kind))
                .bytes();
    }

    // --- time ---

    public void passing(final long newTerm, final long nanos) {
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

    /** Ends the leases whose time is up, in the order of their ends, up to so many steps. */
    public void expire(final int most) {
        int steps = most;
        while (steps > 0) {
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
            steps -= 1 + keysOf(next).size();
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
        final List<Version> versions = byKey.getOrDefault(key, List.of());
        int i = versions.size() - 1;
        while (i >= 0 && at > 0 && versions.get(i).mod > at) {
            i--;
        }
        return i < 0 || versions.get(i).isTombstone ? null : versions.get(i);
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
        if (range.revision() > revision) {
            return KvError.FUTURE_REVISION;
        }
        final boolean isChecked = isInTxn ? range.revision() != 0 : range.revision() > 0;
        return isChecked && range.revision() < compacted ? KvError.COMPACTED : null;
    }

    byte[] range(final Range range) {
        error = check(range, false);
        return error == null ? answer(range).bytes() : null;
    }

    private ProtoMessage answer(final Range range) {
        final List<Version> all = live(range.key(), range.end(), range.revision());
        if (range.countOnly()) {
            return message().number(4, all.size());
        }
        final Predicate<Version> filter =
                each ->
                        (range.minMod() == 0 || each.mod >= range.minMod())
                                && (range.maxMod() == 0 || each.mod <= range.maxMod())
                                && (range.minCreate() == 0 || each.create >= range.minCreate())
                                && (range.maxCreate() == 0 || each.create <= range.maxCreate());
        final boolean isFiltered =
                range.minMod() != 0
                        || range.maxMod() != 0
                        || range.minCreate() != 0
                        || range.maxCreate() != 0;
        List<Version> kept = new ArrayList<>(all);
        if (range.limit() > 0 && range.order() == 0 && !isFiltered) {
            kept = kept.subList(0, (int) Math.min(kept.size(), range.limit() + 1));
        }
        kept.removeIf(filter.negate());
        if (range.order() != 0 || range.target() != 0) {
            final Comparator<Version> order =
                    switch (range.target()) {
                        case 0 -> Comparator.comparing((Version each) -> each.key);
                        case 1 -> Comparator.comparingLong((Version each) -> each.version);
                        case 2 -> Comparator.comparingLong((Version each) -> each.create);
                        case 3 -> Comparator.comparingLong((Version each) -> each.mod);
                        default -> Comparator.comparing((Version each) -> each.value);
                    };
            kept.sort(range.order() == 2 ? order.reversed() : order);
        }
        final boolean hasMore = range.limit() > 0 && kept.size() > range.limit();
        if (hasMore) {
            kept = kept.subList(0, (int) range.limit());
        }
        final ProtoMessage answer = message();
        kept.forEach(each -> answer.element(2, each.encode(range.keysOnly())));
        return answer.flag(3, hasMore).number(4, all.size());
    }

    private KvError check(final Put put) {
        if ((put.ignoreValue() || put.ignoreLease()) && at(put.key(), 0) == null) {
            return KvError.KEY_NOT_FOUND;
        }
        return lacksLease(put) ? KvError.LEASE_NOT_FOUND : null;
    }

    private boolean lacksLease(final Put put) {
        final Lease lease = leases.get(put.lease());
        return put.lease() != 0 && (lease == null || lease.deadline <= now());
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
        final Version before = at(put.key(), 0);
        final Version after = new Version();
        after.key = put.key();
        after.value = put.ignoreValue() ? before.value : put.value();
        after.lease = put.ignoreLease() ? before.lease : put.lease();
        after.mod = writingRevision();
        after.create = before == null ? after.mod : before.create;
        after.version = before == null ? 1 : before.version + 1;
        add(after);
        return put.prevKv() && before != null
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
        final List<Version> gone = live(delete.key(), delete.end(), 0);
        gone.forEach(each -> bury(each.key));
        final ProtoMessage answer = message().number(2, gone.size());
        if (delete.prevKv()) {
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
        final boolean holds = txn.compares().stream().allMatch(this::holds);
        chosen.put(txn, holds);
        for (final Object op : holds ? txn.success() : txn.failure()) {
            if (op instanceof Txn inner) {
                choose(inner);
            }
        }
    }

    private boolean holds(final Compare compare) {
        final List<Version> found = live(compare.key(), compare.end(), 0);
        if (found.isEmpty()) {
            return compare.target() != 3 && holds(compare, new Version());
        }
        return found.stream().allMatch(each -> holds(compare, each));
    }

    private static boolean holds(final Compare compare, final Version version) {
        final int order =
                switch (compare.target()) {
                    case 0 -> Long.compare(version.version, compare.number());
                    case 1 -> Long.compare(version.create, compare.number());
                    case 2 -> Long.compare(version.mod, compare.number());
                    case 3 -> version.value.compareTo(compare.value());
                    default -> Long.compare(version.lease, compare.number());
                };
        return switch (compare.result()) {
            case 0 -> order == 0;
            case 1 -> order > 0;
            case 2 -> order < 0;
            default -> order != 0;
        };
    }

    private List<Object> branch(final Txn txn) {
        return chosen.get(txn) ? txn.success() : txn.failure();
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
        if (forgets) {
            forget(at);
        }
        return new byte[0];
    }

    private void forget(final long at) {
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

    private List<Map.Entry<Long, Lease>> sorted() {
        final List<Map.Entry<Long, Lease>> sorted = new ArrayList<>(leases.entrySet());
        sorted.sort(
                Comparator.<Map.Entry<Long, Lease>>comparingLong(each -> each.getValue().deadline)
                        .thenComparingLong(Map.Entry::getKey));
        return sorted;
    }

    byte[] list() {
        final ProtoMessage answer = message();
        sorted().forEach(each -> answer.element(2, message().number(1, each.getKey())));
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

    // --- to be looked at as a whole ---

    /** The changes of a revision, in their order. */
    public List<Change> changes(final long wanted) {
        final List<Change> changes = new ArrayList<>();
        for (int i = log.size() - 1; i >= 0 && log.get(i).mod >= wanted; i--) {
            if (log.get(i).mod == wanted) {
                changes.add(0, new Change(log.get(i).key, event(log.get(i), false)));
            }
        }
        return changes;
    }

    /** What a key was at a revision, as it is told; null: it was not there. */
    public byte[] keyAt(final String key, final long at) {
        final Version version = at(key, at);
        return version == null ? null : version.encode(false).bytes();
    }

    /** The answer to who wants all keys as they were at a revision. */
    public byte[] allAt(final long at) {
        final ProtoMessage answer = message();
        final List<Version> all = live("", "\0", at);
        all.forEach(each -> answer.element(2, each.encode(false)));
        return answer.number(4, all.size()).bytes();
    }

    /**
     * Versions that are held up to a revision, once all that another one has made void is freed: a
     * deletion right at that one stays.
     */
    public long held(final long wanted, final long compactedThen) {
        long count = 0;
        for (final List<Version> versions : byKey.values()) {
            Version last = null;
            for (final Version each : versions) {
                last = each.mod <= compactedThen ? each : last;
                count += each.mod > compactedThen && each.mod <= wanted ? 1 : 0;
            }
            final boolean isHeld = last != null && (!last.isTombstone || last.mod == compactedThen);
            count += isHeld ? 1 : 0;
        }
        return count;
    }

    /** HashKV of a revision, when all up to another one was compacted. */
    public int hash(final long wanted, final long compactedThen) {
        final boolean hasLive = !live("", "\0", wanted).isEmpty();
        final CRC32C crc = new CRC32C();
        crc.update(ProtoMessage.bytes("key"));
        long before = 0;
        long sub = 0;
        for (final Version each : log) {
            sub = each.mod == before ? sub + 1 : 0;
            before = each.mod;
            final boolean isCounted =
                    each.mod > compactedThen
                            || at(each.key, hasLive ? wanted : compactedThen) == each;
            if (each.mod <= wanted && isCounted) {
                crc.update(stored(each, sub));
            }
        }
        return (int) crc.getValue();
    }

    private static byte[] stored(final Version version, final long sub) {
        final byte[] value =
                version.isTombstone
                        ? message().text(1, version.key).bytes()
                        : version.encode(false).bytes();
        final ByteBuffer stored = ByteBuffer.allocate(18 + value.length);
        stored.putLong(version.mod).put((byte) '_').putLong(sub);
        if (version.isTombstone) {
            stored.put((byte) 't');
        }
        stored.put(value);
        return Arrays.copyOf(stored.array(), stored.position());
    }

    /** Time, leases with their keys, and alarms, for people and to be compared. */
    public String rest() {
        final StringBuilder text = new StringBuilder();
        text.append(now());
        sorted().forEach(
                        each ->
                                text.append("\nlease ")
                                        .append(each.getKey())
                                        .append(" of ")
                                        .append(each.getValue().ttl)
                                        .append(" to ")
                                        .append(each.getValue().deadline)
                                        .append(' ')
                                        .append(keysOf(each.getKey())));
        alarms.forEach(
                (alarm, isOwn) ->
                        text.append("\nalarm ")
                                .append(alarm.memberId)
                                .append(' ')
                                .append(alarm.kind)
                                .append(' ')
                                .append(isOwn));
        return text.toString();
    }
}
