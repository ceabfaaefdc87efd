package io.larch.tools.etcd.kv;

import io.larch.tools.bolt.BoltFile;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The newest version of each key, and the leases. Closing it closes the file in which the values
 * are. Not threadsafe.
 *
 * <pre>
 *   a key hangs on the lease that it names, if that was there when the key was written
 * </pre>
 */
public final class KvStore implements Closeable {
    /** That of keys. */
    public static final Comparator<byte[]> ORDER = Arrays::compareUnsigned;

    private final TreeMap<byte[], KvEntry> keys = new TreeMap<>(ORDER);
    private final TreeMap<Long, Long> leases = new TreeMap<>();
    private final Map<Long, TreeSet<byte[]>> attached = new HashMap<>();
    private final BoltFile file;
    private long revision = 1;
    private long compacted;
    private long sub;
    private boolean isGuarded;

    /**
     * @param file where values are that are not in memory; null: all are.
     */
    KvStore(final BoltFile file) {
        this.file = file;
    }

    /** A change that only some users may make. */
    static final class GuardedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        GuardedException() {
            super("users may be restricted");
        }
    }

    /** Of the last change. */
    public long revision() {
        return revision;
    }

    long compacted() {
        return compacted;
    }

    /** All keys, in their order. */
    public NavigableMap<byte[], KvEntry> keys() {
        return Collections.unmodifiableNavigableMap(keys);
    }

    /** Time to live by id, in seconds. */
    public SortedMap<Long, Long> leases() {
        return Collections.unmodifiableSortedMap(leases);
    }

    /** Of a key that is there. */
    public byte[] value(final KvEntry entry) throws IOException {
        if (entry.value() != null) {
            return entry.value();
        }
        final byte[] value = new byte[entry.length()];
        file.read(entry.position(), value, value.length);
        return value;
    }

    KvEntry get(final byte[] key) {
        return keys.get(key);
    }

    /**
     * Those of a range, in their order.
     *
     * @param end null: one key; empty: all from the key on.
     */
    Collection<KvEntry> range(final byte[] key, final byte[] end) {
        if (end == null) {
            final KvEntry entry = keys.get(key);
            return entry == null ? List.of() : List.of(entry);
        }
        if (end.length == 0) {
            return keys.tailMap(key, true).values();
        }
        return ORDER.compare(key, end) >= 0
                ? List.of()
                : keys.subMap(key, true, end, false).values();
    }

    /** As the database has it, in the order of revisions. */
    void load(final KvEntry entry) {
        detach(entry.key());
        keys.put(entry.key(), entry);
        attach(entry.key(), entry.lease());
        revision = Math.max(revision, entry.modified());
    }

    /** A key that the database tells to be deleted. */
    void unload(final byte[] key, final long atRevision) {
        detach(key);
        keys.remove(key);
        revision = Math.max(revision, atRevision);
    }

    void loadCompacted(final long to) {
        compacted = Math.max(compacted, to);
        revision = Math.max(revision, compacted);
    }

    /** From now on each change is a {@link GuardedException}. */
    void guard() {
        isGuarded = true;
    }

    /** Writes in the revision that is under way. */
    void put(final byte[] key, final byte[] value, final long lease) {
        refuseGuarded();
        final KvEntry before = keys.get(key);
        detach(key);
        keys.put(
                key,
                new KvEntry(
                        key,
                        before == null ? revision + 1 : before.created(),
                        revision + 1,
                        sub,
                        before == null ? 1 : before.version() + 1,
                        lease,
                        value,
                        0,
                        value.length));
        attach(key, lease);
        sub++;
    }

    /** Deletes in the revision that is under way; see {@link #range}. */
    void delete(final byte[] key, final byte[] end) {
        for (final KvEntry entry : new ArrayList<>(range(key, end))) {
            refuseGuarded();
            detach(entry.key());
            keys.remove(entry.key());
            sub++;
        }
    }

    /** Ends a request; what it has changed is one revision. */
    void end() {
        revision += sub > 0 ? 1 : 0;
        sub = 0;
    }

    private void refuseGuarded() {
        if (isGuarded) {
            throw new GuardedException();
        }
    }

    /** Whether there is a lease; keys may name one that is no more. */
    public boolean hasLease(final long id) {
        return leases.containsKey(id);
    }

    /** Nothing if it is there. */
    void grant(final long id, final long ttlSeconds) {
        leases.putIfAbsent(id, ttlSeconds);
    }

    /** With the keys that hang on it, in one revision. */
    void revoke(final long id) {
        for (final byte[] key : List.copyOf(attached.getOrDefault(id, new TreeSet<>(ORDER)))) {
            delete(key, null);
        }
        leases.remove(id);
        end();
    }

    private void attach(final byte[] key, final long lease) {
        if (hasLease(lease)) {
            attached.computeIfAbsent(lease, id -> new TreeSet<>(ORDER)).add(key);
        }
    }

    private void detach(final byte[] key) {
        final KvEntry entry = keys.get(key);
        final TreeSet<byte[]> others = entry == null ? null : attached.get(entry.lease());
        if (others != null && others.remove(key) && others.isEmpty()) {
            attached.remove(entry.lease());
        }
    }

    @Override
    public void close() throws IOException {
        if (file != null) {
            file.close();
        }
    }
}
