package io.larch.engine.apply;

import io.larch.engine.raft.SequenceWindow;
import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * Which commands of each member took effect, so that one that is in the log twice does so once: a
 * member proposes again what may have been lost with a leader. Part of the replicated state; goes
 * into every snapshot. Owned by the engine thread.
 *
 * <p>Commands of those that are not members, or no longer, take no effect.
 *
 * <p>Encoded, little endian: {@code count int, reserved int}, then for each member in the order of
 * unsigned ids {@code id long} and its {@link SequenceWindow}.
 */
public final class CommandDeduplicator {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final int HEADER_LENGTH = 2 * Integer.BYTES;
    private static final int WINDOW_LENGTH = Long.BYTES + SequenceWindow.ENCODED_LENGTH;

    private final Long2ObjectHashMap<SequenceWindow> windows = new Long2ObjectHashMap<>();

    /** From now on this member's commands count. */
    public void add(final long memberId) {
        if (!windows.containsKey(memberId)) {
            windows.put(memberId, new SequenceWindow());
        }
    }

    void remove(final long memberId) {
        windows.remove(memberId);
    }

    /**
     * Takes note of a command.
     *
     * @return whether it shall take effect.
     */
    boolean take(final long originId, final long incarnation, final long sequence) {
        final SequenceWindow window = windows.get(originId);
        return window != null && window.take(incarnation, sequence);
    }

    /** Whether a command took effect, or never will. */
    public boolean isDone(final long originId, final long incarnation, final long sequence) {
        final SequenceWindow window = windows.get(originId);
        return window != null && window.isDone(incarnation, sequence);
    }

    public int encode(final MutableDirectBuffer target, final int offset) {
        final long[] ids =
                windows.keySet().stream()
                        .sorted(Long::compareUnsigned)
                        .mapToLong(Long::longValue)
                        .toArray();
        target.putInt(offset, ids.length, ORDER);
        target.putInt(offset + Integer.BYTES, 0, ORDER);
        int position = offset + HEADER_LENGTH;
        for (final long id : ids) {
            target.putLong(position, id, ORDER);
            windows.get(id).encode(target, position + Long.BYTES);
            position += WINDOW_LENGTH;
        }
        return position - offset;
    }

    /**
     * Replaces all by what was encoded.
     *
     * @throws IllegalArgumentException if the bytes are something else.
     */
    public void decode(final DirectBuffer source, final int offset, final int length) {
        final int count = length < HEADER_LENGTH ? -1 : source.getInt(offset, ORDER);
        if (count < 0 || HEADER_LENGTH + (long) count * WINDOW_LENGTH != length) {
            throw new IllegalArgumentException(
                    "not the commands of " + count + " members: " + length + " bytes");
        }
        windows.clear();
        int position = offset + HEADER_LENGTH;
        for (int i = 0; i < count; i++) {
            final SequenceWindow window = new SequenceWindow();
            window.decode(source, position + Long.BYTES);
            windows.put(source.getLong(position, ORDER), window);
            position += WINDOW_LENGTH;
        }
    }
}
