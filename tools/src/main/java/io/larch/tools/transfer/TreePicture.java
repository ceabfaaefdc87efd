package io.larch.tools.transfer;

import io.larch.tools.etcd.RawText;
import io.larch.tools.etcd.StoredNode;
import io.larch.tools.etcd.StoredTree;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The picture that a store of files has at this moment: what has expired by now is not in it, nor
 * what a listing of the prefix would hide.
 */
final class TreePicture implements Picture {
    private final StoredTree tree;
    private final long nowNanos;
    private final long readNanos;

    /** Those of the directories on the way to the last entry that are left, the innermost first. */
    private final Deque<Iterator<Named>> open = new ArrayDeque<>();

    /** A node, and its path in UTF-8. */
    private record Named(String path, StoredNode node) {}

    TreePicture(final StoredTree tree, final String prefix) {
        this.tree = tree;
        nowNanos = nanos(Instant.now());
        readNanos = System.nanoTime();
        final StoredNode node = find(tree, prefix, nowNanos);
        if (node != null && !prefix.equals(Paths.ROOT)) {
            open.push(List.of(new Named(prefix, node)).iterator());
        } else if (node != null) {
            open.push(children("", node));
        }
    }

    static long nanos(final Instant instant) {
        return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
    }

    /** Null: not there, or it, or a directory above, has expired. */
    static StoredNode find(final StoredTree tree, final String prefix, final long nowNanos) {
        for (String path = prefix;
                path != null && !path.equals(Paths.ROOT);
                path = Paths.parent(path)) {
            final StoredNode node = tree.find(StoredTree.KEYS + RawText.of(path));
            if (node == null || node.expirationNanos() <= nowNanos) {
                return null;
            }
        }
        return tree.find(StoredTree.KEYS + RawText.of(prefix));
    }

    private Iterator<Named> children(final String path, final StoredNode directory) {
        final List<Named> children = new ArrayList<>(directory.children().size());
        for (final StoredNode child : directory.children()) {
            if (child.expirationNanos() > nowNanos && !isHidden(child)) {
                children.add(new Named(path + '/' + RawText.text(child.name()), child));
            }
        }
        children.sort(Comparator.comparing(Named::path, Paths.ORDER));
        return children.iterator();
    }

    static boolean isHidden(final StoredNode node) {
        return node.name().startsWith("_");
    }

    @Override
    public Entry next() {
        while (!open.isEmpty()) {
            if (!open.peek().hasNext()) {
                open.pop();
                continue;
            }
            final Named next = open.peek().next();
            final StoredNode node = next.node();
            if (node.isDirectory()) {
                open.push(children(next.path(), node));
            }
            return new Entry(
                    next.path(),
                    node.isDirectory(),
                    node.isDirectory() ? "" : RawText.text(node.value()),
                    deadlineNanos(node));
        }
        return null;
    }

    private long deadlineNanos(final StoredNode node) {
        return node.expirationNanos() == StoredNode.NEVER
                ? Entry.NEVER
                : readNanos + (node.expirationNanos() - nowNanos);
    }

    @Override
    public long firstIndex() {
        return tree.index();
    }

    @Override
    public long lastIndex() {
        return tree.index();
    }

    @Override
    public void close() {
        open.clear();
    }
}
