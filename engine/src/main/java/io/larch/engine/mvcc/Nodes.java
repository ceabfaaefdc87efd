package io.larch.engine.mvcc;

import io.larch.engine.memory.Slab;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The nodes of a {@link KeyTree}: slots of a KiB, of which the first 16 bytes are the same for
 * leaves and inner nodes, and the rest are columns of entries.
 */
final class Nodes implements AutoCloseable {
    static final int LENGTH = 1024;
    static final int HEADER_LENGTH = 16;

    private static final int COUNT_OFFSET = 0;
    private static final int LEVEL_OFFSET = 4;
    private static final int SKIP_OFFSET = 8;
    private static final int NODES_PER_CHUNK = 256;

    private final Slab slots = new Slab(LENGTH, NODES_PER_CHUNK, COUNT_OFFSET, null);

    /** A new node without entries. */
    int add(final int level) {
        final int node = slots.allocate();
        count(node, 0);
        skip(node, 0);
        buffer(node).putInt(offset(node) + LEVEL_OFFSET, level);
        return node;
    }

    void free(final int node) {
        slots.free(node);
    }

    UnsafeBuffer buffer(final int node) {
        return slots.buffer(node);
    }

    int offset(final int node) {
        return slots.offset(node);
    }

    /** How many entries it has. */
    int count(final int node) {
        return buffer(node).getInt(offset(node) + COUNT_OFFSET);
    }

    void count(final int node, final int count) {
        buffer(node).putInt(offset(node) + COUNT_OFFSET, count);
    }

    /** 0 for leaves. */
    int level(final int node) {
        return buffer(node).getInt(offset(node) + LEVEL_OFFSET);
    }

    /** How many bytes all its keys share at their beginning, at least. */
    int skip(final int node) {
        return buffer(node).getInt(offset(node) + SKIP_OFFSET);
    }

    void skip(final int node, final int skip) {
        buffer(node).putInt(offset(node) + SKIP_OFFSET, skip);
    }

    /** Makes a gap in a column. */
    void open(
            final int node,
            final int column,
            final int width,
            final int position,
            final int count) {
        move(node, column, width, position, position + 1, count - position);
    }

    /** Closes the gap that an entry leaves in a column. */
    void close(
            final int node,
            final int column,
            final int width,
            final int position,
            final int count) {
        move(node, column, width, position + 1, position, count - position - 1);
    }

    private void move(
            final int node,
            final int column,
            final int width,
            final int from,
            final int to,
            final int count) {
        final UnsafeBuffer buffer = buffer(node);
        final int offset = offset(node) + column;
        buffer.putBytes(offset + to * width, buffer, offset + from * width, count * width);
    }

    /** Copies entries of a column to another node. */
    void copy(
            final int node,
            final int column,
            final int width,
            final int from,
            final int target,
            final int to,
            final int count) {
        buffer(target)
                .putBytes(
                        offset(target) + column + to * width,
                        buffer(node),
                        offset(node) + column + from * width,
                        count * width);
    }

    long allocatedBytes() {
        return slots.allocatedBytes();
    }

    /** How many there are. */
    long nodeCount() {
        return slots.slots();
    }

    @Override
    public void close() {
        slots.close();
    }
}
