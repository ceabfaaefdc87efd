package io.larch.engine.mvcc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/** What the store has to do, the simplest way: a list of versions a key. */
final class StoreModel {
    /** A version as {@link StoreFixture#text(KeyVersion)} shows it, and what it is made of. */
    record Version(
            String key, String value, long create, long mod, long version, long lease, int sub) {
        boolean isTombstone() {
            return version == 0;
        }

        String text() {
            return isTombstone()
                    ? "-" + key + " " + mod
                    : key
                            + "="
                            + value
                            + " "
                            + create
                            + "/"
                            + mod
                            + "/"
                            + version
                            + (lease == 0 ? "" : " " + lease);
        }
    }

    final TreeMap<String, List<Version>> keys = new TreeMap<>();
    long revision = 1;
    long compacted = -1;
    private int changes;

    void put(final String key, final String value, final long lease) {
        final Version last = at(key, Long.MAX_VALUE);
        final long mod = revision + 1;
        add(
                new Version(
                        key,
                        value,
                        last == null ? mod : last.create,
                        mod,
                        last == null ? 1 : last.version + 1,
                        lease,
                        changes));
    }

    boolean delete(final String key) {
        if (at(key, Long.MAX_VALUE) == null) {
            return false;
        }
        add(new Version(key, "", 0, revision + 1, 0, 0, changes));
        return true;
    }

    private void add(final Version version) {
        keys.computeIfAbsent(version.key, each -> new ArrayList<>()).add(version);
        changes++;
    }

    void commit() {
        revision += changes > 0 ? 1 : 0;
        changes = 0;
    }

    void compact(final long at) {
        compacted = at;
        keys.replaceAll((key, versions) -> kept(versions, at));
        keys.values().removeIf(List::isEmpty);
    }

    private static List<Version> kept(final List<Version> versions, final long at) {
        final List<Version> kept = new ArrayList<>();
        for (int i = 0; i < versions.size(); i++) {
            final Version each = versions.get(i);
            final boolean isNewest = i + 1 == versions.size() || versions.get(i + 1).mod > at;
            if (each.mod > at || isNewest && (!each.isTombstone() || each.mod == at)) {
                kept.add(each);
            }
        }
        return kept;
    }

    /** The version that is live at a revision, or null. */
    Version at(final String key, final long atRevision) {
        Version found = null;
        for (final Version each : keys.getOrDefault(key, List.of())) {
            if (each.mod <= atRevision) {
                found = each;
            }
        }
        return found == null || found.isTombstone() ? null : found;
    }

    /**
     * @param end as requests tell it.
     */
    List<String> range(final String key, final String end, final long atRevision) {
        final List<String> found = new ArrayList<>();
        for (final String each : keysOf(key, end).keySet()) {
            final Version version = at(each, atRevision);
            if (version != null) {
                found.add(version.text());
            }
        }
        return found;
    }

    SortedMap<String, List<Version>> keysOf(final String key, final String end) {
        if (end.equals("\0")) {
            return keys.tailMap(key);
        }
        final String bound = end.isEmpty() ? key + "\0" : end;
        return bound.compareTo(key) < 0 ? new TreeMap<>() : keys.subMap(key, bound);
    }

    List<String> history(final long from) {
        final TreeMap<Long, String> changesInOrder = new TreeMap<>();
        for (final Version each : all().values()) {
            if (each.mod >= from) {
                final Version previous = each.mod <= compacted ? null : at(each.key, each.mod - 1);
                changesInOrder.put(
                        order(each),
                        each.text() + " < " + (previous == null ? "none" : previous.text()));
            }
        }
        return List.copyOf(changesInOrder.values());
    }

    TreeMap<Long, Version> all() {
        final TreeMap<Long, Version> all = new TreeMap<>();
        keys.values().forEach(each -> each.forEach(version -> all.put(order(version), version)));
        return all;
    }

    private static long order(final Version version) {
        return version.mod << 20 | version.sub;
    }

    /** HashKV, as etcd describes it. */
    int hash(final long atRevision) {
        final CRC32C crc = new CRC32C();
        crc.update("key".getBytes(StandardCharsets.US_ASCII));
        final boolean hasLive = keys.keySet().stream().anyMatch(key -> at(key, atRevision) != null);
        for (final Version each : all().values()) {
            final Version live = at(each.key, hasLive ? atRevision : compacted);
            if (each.mod <= atRevision && (each.mod > compacted || each.equals(live))) {
                final ByteBuffer key = ByteBuffer.allocate(17);
                crc.update(key.putLong(each.mod).put((byte) '_').putLong(each.sub).flip());
                if (each.isTombstone()) {
                    crc.update('t');
                }
                crc.update(keyValue(each).getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return (int) crc.getValue();
    }

    private static String keyValue(final Version version) {
        return field(1, version.key)
                + number(2, version.create)
                + (version.isTombstone() ? "" : number(3, version.mod))
                + number(4, version.version)
                + field(5, version.value)
                + number(6, version.lease);
    }

    private static String field(final int field, final String value) {
        return value.isEmpty() ? "" : (char) (field << 3 | 2) + varint(value.length()) + value;
    }

    private static String number(final int field, final long number) {
        return number == 0 ? "" : (char) (field << 3) + varint(number);
    }

    private static String varint(final long number) {
        final StringBuilder text = new StringBuilder();
        long rest = number;
        while (rest >>> 7 != 0) {
            text.append((char) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        return text.append((char) rest).toString();
    }

    long versionCount() {
        return keys.values().stream().mapToLong(List::size).sum();
    }

    long liveCount() {
        return keys.entrySet().stream()
                .map(Map.Entry::getKey)
                .filter(key -> at(key, Long.MAX_VALUE) != null)
                .count();
    }
}
