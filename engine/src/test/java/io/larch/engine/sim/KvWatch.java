package io.larch.engine.sim;

import io.larch.engine.codec.kv.KvEvents;
import io.larch.engine.kv.ProtoMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.agrona.DirectBuffer;

/**
 * A watch of v3 keys as a client has it, over all watches of the engine that stood for it one after
 * the other: it is told each event that it asked for once, in order, and revisions as a whole; or
 * that what it asked for is compacted.
 */
final class KvWatch {
    /** Empty: all keys. */
    final String key;

    /** The first revision that it has not been told; 0 until it has begun now. */
    long next;

    boolean isOver;

    /** What it was told and nobody has looked at. */
    private final List<Message> messages = new ArrayList<>();

    private long compactRevision;

    private record Message(List<byte[]> events, long last) {}

    KvWatch(final String key, final long next) {
        this.key = key;
        this.next = next;
    }

    /** Whether it is over because what it asked for is no more. */
    boolean isCompacted() {
        return compactRevision != 0;
    }

    void tell(final DirectBuffer message, final int offset, final int length) {
        if (KvEvents.isCompacted(message, offset)) {
            compactRevision = KvEvents.compactRevision(message, offset);
            return;
        }
        final byte[] body = new byte[length - KvEvents.HEAD_LENGTH];
        message.getBytes(offset + KvEvents.HEAD_LENGTH, body);
        final List<byte[]> events = new ArrayList<>();
        for (int i = 0; i < KvEvents.count(message, offset); i++) {
            events.add(ProtoMessage.bytes(body, 11, i));
        }
        messages.add(new Message(events, KvEvents.lastRevision(message, offset)));
    }

    /** Looks at what it was told, now that it is known what there was to tell. */
    void check(final int place, final KvHistory history) {
        for (final Message message : messages) {
            if (message.last < next) {
                throw new Violation(
                        "watches of v3", "member " + place + " tells again, up to " + message.last);
            }
            final List<byte[]> expected = expected(history, message.last);
            if (!isSame(expected, message.events)) {
                throw new Violation(
                        "watches of v3",
                        "member "
                                + place
                                + " tells "
                                + message.events.size()
                                + " events from "
                                + next
                                + " to "
                                + message.last
                                + ", not "
                                + expected.size());
            }
            next = message.last + 1;
        }
        messages.clear();
        if (compactRevision != 0 && next >= compactRevision) {
            throw new Violation(
                    "watches of v3",
                    "member "
                            + place
                            + " says that "
                            + next
                            + " is compacted, with all before "
                            + compactRevision);
        }
    }

    /** In the end everything must have been told. */
    void checkEnd(final int place, final KvHistory history, final long revision) {
        check(place, history);
        if (!isOver && !expected(history, revision).isEmpty()) {
            throw new Violation(
                    "watches of v3",
                    "member " + place + " has not told what is from " + next + " to " + revision);
        }
    }

    private List<byte[]> expected(final KvHistory history, final long last) {
        final List<byte[]> expected = new ArrayList<>();
        for (long revision = next; revision <= last; revision++) {
            for (final KvHistory.Change each : history.at(revision)) {
                if (key.isEmpty() || key.equals(each.key())) {
                    expected.add(each.event());
                }
            }
        }
        return expected;
    }

    private static boolean isSame(final List<byte[]> left, final List<byte[]> right) {
        return left.size() == right.size() && Arrays.deepEquals(left.toArray(), right.toArray());
    }
}
