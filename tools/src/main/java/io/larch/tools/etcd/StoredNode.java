package io.larch.tools.etcd;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/** A key or directory of a {@link StoredTree}. Names and values are {@link RawText}. */
public final class StoredNode {
    /** Of what has no TTL. */
    public static final long NEVER = Long.MAX_VALUE;

    /** Who expires first; of equal ones who was made first. */
    static final Comparator<StoredNode> BY_EXPIRATION =
            Comparator.<StoredNode>comparingLong(node -> node.expirationNanos)
                    .thenComparingLong(node -> node.number);

    private final String name;
    private final StoredNode parent;

    /** Null: a key. */
    private final Map<String, StoredNode> children;

    /** Which of the tree's nodes it is, in the order in which they came. */
    private final long number;

    private final long createdIndex;
    private String value;
    private long modifiedIndex;
    private long expirationNanos = NEVER;

    /**
     * @param value null: a directory.
     * @param index of the store when it was made.
     */
    StoredNode(
            final StoredNode parent,
            final String name,
            final String value,
            final long index,
            final long number) {
        this.parent = parent;
        this.name = name;
        this.value = value;
        this.number = number;
        children = value == null ? new HashMap<>() : null;
        createdIndex = index;
        modifiedIndex = index;
    }

    public String name() {
        return name;
    }

    /** Null above the root. */
    StoredNode parent() {
        return parent;
    }

    public boolean isDirectory() {
        return children != null;
    }

    /** In no order. */
    public Collection<StoredNode> children() {
        return children.values();
    }

    /** Null: none of this name. */
    public StoredNode child(final String childName) {
        return children.get(childName);
    }

    void add(final StoredNode child) {
        children.put(child.name, child);
    }

    void remove(final StoredNode child) {
        children.remove(child.name);
    }

    /** Null for a directory. */
    public String value() {
        return value;
    }

    public long createdIndex() {
        return createdIndex;
    }

    public long modifiedIndex() {
        return modifiedIndex;
    }

    void write(final String newValue, final long index) {
        value = newValue;
        modifiedIndex = index;
    }

    void modifiedIndex(final long index) {
        modifiedIndex = index;
    }

    /** Since 1970; {@link #NEVER}. */
    public long expirationNanos() {
        return expirationNanos;
    }

    /** Not while it waits for its expiration in an order of {@link #BY_EXPIRATION}. */
    void expirationNanos(final long nanos) {
        expirationNanos = nanos;
    }
}
