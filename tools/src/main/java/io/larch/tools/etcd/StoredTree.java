package io.larch.tools.etcd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;

/**
 * All that etcd's v2 store holds, and the rules by which requests change it: as {@code store.go} of
 * etcd 2.3 and 3.4 has them, without events, watches and answers. A write that etcd refuses changes
 * nothing and takes no index. Below {@code /0} are members and the cluster's version, below {@code
 * /1} the keys of clients, below {@code /2} users and roles. Paths, names and values are {@link
 * RawText}. Not threadsafe.
 */
public final class StoredTree {
    /** Where the keys of clients are. */
    public static final String KEYS = "/1";

    /** 2000-01-01. A new node that has expired before was never meant to. */
    private static final long FIRST_EXPIRATION_NANOS = 946_684_800L * 1_000_000_000L;

    private static final String CLUSTER = "/0";

    private final StoredNode root = new StoredNode(null, "", null, 0, 0);
    private final TreeSet<StoredNode> mortals = new TreeSet<>(StoredNode.BY_EXPIRATION);
    private long index;
    private long nodes;

    /** Empty, as a snapshot fills it. */
    StoredTree() {}

    /** That of an etcd that has just been made. */
    static StoredTree fresh() {
        final StoredTree tree = new StoredTree();
        tree.add(tree.root, names(CLUSTER).peekLast(), null, 0);
        tree.add(tree.root, names(KEYS).peekLast(), null, 0);
        return tree;
    }

    /** Of the last write: X-Etcd-Index. */
    public long index() {
        return index;
    }

    void index(final long newIndex) {
        index = newIndex;
    }

    StoredNode root() {
        return root;
    }

    /** Null: there is no such key or directory. */
    public StoredNode find(final String path) {
        final Deque<String> names = names(path);
        final StoredNode node = walk(names);
        return names.isEmpty() ? node : null;
    }

    /** Puts a node there, without a rule. */
    StoredNode add(
            final StoredNode parent, final String name, final String value, final long atIndex) {
        final StoredNode node = new StoredNode(parent, name, value, atIndex, ++nodes);
        parent.add(node);
        return node;
    }

    /**
     * @param expirationNanos may be any time, also one of the past.
     */
    void expireAt(final StoredNode node, final long expirationNanos) {
        mortals.remove(node);
        node.expirationNanos(expirationNanos);
        if (expirationNanos != StoredNode.NEVER) {
            mortals.add(node);
        }
    }

    boolean set(final String path, final boolean isDirectory, final String value, final Ttl ttl) {
        final StoredNode before = find(path);
        if (ttl.isRefresh() && before == null) {
            return false;
        }
        final String kept = ttl.isRefresh() && !before.isDirectory() ? before.value() : value;
        return make(path, isDirectory ? null : kept, true, ttl);
    }

    boolean create(
            final String path, final boolean isDirectory, final String value, final Ttl ttl) {
        return make(path, isDirectory ? null : value, false, ttl);
    }

    /** Its name is the index of the store. */
    boolean createInOrder(
            final String path, final boolean isDirectory, final String value, final Ttl ttl) {
        final String digits = Long.toUnsignedString(index + 1);
        final String name = "0".repeat(20 - digits.length()) + digits;
        return make(path + '/' + name, isDirectory ? null : value, false, ttl);
    }

    private boolean make(
            final String path, final String value, final boolean isReplacing, final Ttl ttl) {
        final Deque<String> left = names(path);
        if (isReadOnly(left)) {
            return false;
        }
        StoredNode node = walk(left);
        final long newIndex = index + 1;
        final StoredNode made;
        if (left.isEmpty()) {
            if (!isReplacing || node.isDirectory()) {
                return false;
            }
            remove(node);
            made = add(node.parent(), node.name(), value, newIndex);
        } else if (node.isDirectory()) {
            while (left.size() > 1) {
                node = add(node, left.poll(), null, newIndex);
            }
            made = add(node, left.poll(), value, newIndex);
        } else {
            return false;
        }
        if (ttl.expirationNanos() >= FIRST_EXPIRATION_NANOS) {
            expireAt(made, ttl.expirationNanos());
        }
        index = newIndex;
        return true;
    }

    boolean update(final String path, final String value, final Ttl ttl) {
        final StoredNode node = isReadOnly(names(path)) ? null : find(path);
        if (node == null || node.isDirectory() && !value.isEmpty()) {
            return false;
        }
        overwrite(node, value, ttl);
        return true;
    }

    /**
     * @param previous empty: any value.
     * @param previousIndex 0: any.
     */
    boolean compareAndSwap(
            final String path,
            final String previous,
            final long previousIndex,
            final String value,
            final Ttl ttl) {
        final StoredNode node = find(path);
        if (!holds(node, previous, previousIndex)) {
            return false;
        }
        overwrite(node, value, ttl);
        return true;
    }

    private void overwrite(final StoredNode node, final String value, final Ttl ttl) {
        index++;
        // A directory keeps its indexes.
        if (!node.isDirectory()) {
            node.write(ttl.isRefresh() ? node.value() : value, index);
        }
        expireAt(node, ttl.expirationNanos());
    }

    boolean delete(final String path, final boolean isDirectory, final boolean isRecursive) {
        final StoredNode node = isReadOnly(names(path)) ? null : find(path);
        if (node == null) {
            return false;
        }
        if (node.isDirectory() && !isRecursive && (!isDirectory || !node.children().isEmpty())) {
            return false;
        }
        index++;
        remove(node);
        return true;
    }

    /** See {@link #compareAndSwap}. */
    boolean compareAndDelete(final String path, final String previous, final long previousIndex) {
        final StoredNode node = find(path);
        if (!holds(node, previous, previousIndex)) {
            return false;
        }
        index++;
        remove(node);
        return true;
    }

    private static boolean holds(
            final StoredNode node, final String previous, final long previousIndex) {
        return node != null
                && !node.isDirectory()
                && (previousIndex == 0 || node.modifiedIndex() == previousIndex)
                && (previous.isEmpty() || node.value().equals(previous));
    }

    /** Takes away all whose time is up by then; each takes an index, what is below it none. */
    void expire(final long nowNanos) {
        while (!mortals.isEmpty() && mortals.first().expirationNanos() <= nowNanos) {
            index++;
            remove(mortals.first());
        }
    }

    private void remove(final StoredNode node) {
        node.parent().remove(node);
        final Deque<StoredNode> removed = new ArrayDeque<>(List.of(node));
        while (!removed.isEmpty()) {
            final StoredNode next = removed.poll();
            mortals.remove(next);
            if (next.isDirectory()) {
                removed.addAll(next.children());
            }
        }
    }

    /** The last node on the way; in the names are those that are left of it. */
    private StoredNode walk(final Deque<String> names) {
        StoredNode node = root;
        while (!names.isEmpty() && node.isDirectory()) {
            final StoredNode child = node.child(names.peek());
            if (child == null) {
                return node;
            }
            node = child;
            names.poll();
        }
        return node;
    }

    /** The root, and what etcd has made below it by itself. */
    private static boolean isReadOnly(final Deque<String> names) {
        if (names.size() > 1) {
            return false;
        }
        final String path = '/' + String.join("/", names);
        return names.isEmpty() || path.equals(CLUSTER) || path.equals(KEYS);
    }

    private static Deque<String> names(final String path) {
        final List<String> names = new ArrayList<>();
        for (final String name : path.split("/")) {
            if (name.equals("..")) {
                if (!names.isEmpty()) {
                    names.remove(names.size() - 1);
                }
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
            }
        }
        return new ArrayDeque<>(names);
    }
}
