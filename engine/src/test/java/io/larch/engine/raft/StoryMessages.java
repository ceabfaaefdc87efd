package io.larch.engine.raft;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.agrona.ExpandableArrayBuffer;

/**
 * Messages that a story makes up: {@code append 2->1 term=2 prev=1/1 commit=3 terms=2,2}. They are
 * such as a correct leader may send, in a case that is hard to bring about otherwise.
 */
final class StoryMessages {
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private StoryMessages() {}

    static SimNode.Packet parse(final List<String> words) {
        final MessageType type =
                MessageType.valueOf(words.get(0).toUpperCase(Locale.ROOT).replace('-', '_'));
        final String[] link = words.get(1).split("->");
        final Map<String, String> slots = slots(words.subList(2, words.size()));
        final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
        RaftMessage.encodeHeader(buffer, 0, type);
        final long from = Long.parseLong(link[0]);
        final long to = Long.parseLong(link[1]);
        buffer.putLong(RaftMessage.CLUSTER_ID_OFFSET, StoryOptions.CLUSTER_ID, ORDER);
        buffer.putLong(RaftMessage.FROM_OFFSET, from, ORDER);
        buffer.putLong(RaftMessage.TO_OFFSET, to, ORDER);
        buffer.putLong(RaftMessage.TERM_OFFSET, number(slots, "term"), ORDER);
        buffer.putLong(RaftMessage.COMMIT_OFFSET, number(slots, "commit"), ORDER);
        final String[] previous = slots.getOrDefault("prev", "0/0").split("/");
        buffer.putLong(RaftMessage.INDEX_OFFSET, Long.parseLong(previous[0]), ORDER);
        buffer.putLong(RaftMessage.LOG_TERM_OFFSET, Long.parseLong(previous[1]), ORDER);
        int length = RaftMessage.HEADER_LENGTH;
        for (final long term : terms(slots)) {
            buffer.setMemory(length, RaftMessage.ENTRY_HEADER_LENGTH, (byte) 0);
            buffer.putLong(length, term, ORDER);
            length += RaftMessage.ENTRY_HEADER_LENGTH;
        }
        buffer.putInt(RaftMessage.BODY_LENGTH_OFFSET, length - RaftMessage.HEADER_LENGTH, ORDER);
        final byte[] bytes = new byte[length];
        buffer.getBytes(0, bytes);
        return new SimNode.Packet(from, to, type, bytes, null);
    }

    /** From words like {@code name=value}. */
    static Map<String, String> slots(final List<String> words) {
        final Map<String, String> slots = new HashMap<>();
        for (final String word : words) {
            final int equals = word.indexOf('=');
            slots.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return slots;
    }

    /** The terms of entries, {@code terms=1,1,2}. */
    static long[] terms(final Map<String, String> slots) {
        final String terms = slots.getOrDefault("terms", "");
        return terms.isEmpty()
                ? new long[0]
                : Arrays.stream(terms.split(",")).mapToLong(Long::parseLong).toArray();
    }

    static long number(final Map<String, String> slots, final String name) {
        return Long.parseLong(slots.getOrDefault(name, "0"));
    }
}
