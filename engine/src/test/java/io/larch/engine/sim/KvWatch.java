package io.larch.engine.sim;

import io.larch.engine.codec.kv.KvEvents;
import io.larch.engine.kv.ProtoMessage;
import io.larch.engine.kv.ReferenceKv.Change;
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
    /** Bits of its kind: it is told what was before. */
    static final int PREVIOUS = 1;

    static final int NO_PUT = 1 << 1;
    static final int NO_DELETE = 1 << 2;

    /** It is of a range of keys. */
    static final int RANGE = 1 << 3;

    private final String key;
    private final String end;
    private final int kind;

    /** The first revision that it has not been told; 0 until it has begun now. */
    long next;

    boolean isOver;

    /** What it was told and nobody has looked at. */
    private final List<Message> messages = new ArrayList<>();

    /** Of a revision that it was not told as a whole yet. */
    private final List<byte[]> begun = new ArrayList<>();

    private long compactRevision;

    private record Message(List<byte[]> events, long last) {}

    /**
     * @param end of its range; empty: it is of one key.
     * @param kind bits.
     * @param next the first revision that it wants; 0: the next one.
     */
    KvWatch(final String key, final String end, final int kind, final long next) {
        this.key = key;
        this.end = end;
        this.kind = kind;
        this.next = next;
    }

    /** A WatchCreateRequest for all that it has not been told. */
    byte[] request() {
        final ProtoMessage body = ProtoMessage.message().text(1, key).text(2, end).number(3, next);
        if (is(NO_PUT)) {
            body.element(5, new byte[] {0});
        }
        return body.flag(5, is(NO_DELETE)).flag(6, is(PREVIOUS)).bytes();
    }

    private boolean is(final int bit) {
        return (kind & bit) != 0;
    }

    private boolean wants(final Change change) {
        final boolean isDelete = ProtoMessage.number(change.event(), 1) != 0;
        return !is(isDelete ? NO_DELETE : NO_PUT) && isIn(change.key());
    }

    private boolean isIn(final String each) {
        if (end.isEmpty()) {
            return each.equals(key);
        }
        return each.compareTo(key) >= 0 && (end.equals("\0") || each.compareTo(end) < 0);
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
    void check(final int place, final KvHistory history, final long compacted) {
        for (final Message message : messages) {
            check(place, history, compacted, message);
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

    /** What it was told is whole up to the revision that the message names; a part may follow. */
    private void check(
            final int place, final KvHistory history, final long compacted, final Message message) {
        final List<byte[]> whole = new ArrayList<>();
        begun.addAll(message.events);
        while (!begun.isEmpty() && revision(begun.get(0)) <= message.last) {
            whole.add(begun.remove(0));
        }
        if (message.last < (begun.isEmpty() ? next : next - 1)) {
            throw new Violation(
                    "watches of v3", "member " + place + " tells again, up to " + message.last);
        }
        final List<Wanted> expected = expected(history, message.last);
        if (!isSame(expected, whole, compacted)) {
            throw new Violation(
                    "watches of v3",
                    "member "
                            + place
                            + " tells "
                            + whole.size()
                            + " events from "
                            + next
                            + " to "
                            + message.last
                            + ", not "
                            + expected.size());
        }
        next = message.last + 1;
    }

    private static long revision(final byte[] event) {
        return ProtoMessage.number(ProtoMessage.bytes(event, 2, 0), 3);
    }

    /** Told anew, from the revision behind the last that it was told as a whole. */
    void again() {
        isOver = false;
        begun.clear();
    }

    /** In the end everything must have been told. */
    void checkEnd(
            final int place, final KvHistory history, final long compacted, final long revision) {
        check(place, history, compacted);
        if (!isOver && !(begun.isEmpty() && expected(history, revision).isEmpty())) {
            throw new Violation(
                    "watches of v3",
                    "member " + place + " has not told what is from " + next + " to " + revision);
        }
    }

    /** What it must be told of a change; what was before may be gone, once it is compacted. */
    private record Wanted(long revision, byte[] event, byte[] eventAlone) {
        boolean is(final byte[] told, final long compacted) {
            return Arrays.equals(event, told)
                    || revision <= compacted && Arrays.equals(eventAlone, told);
        }
    }

    private List<Wanted> expected(final KvHistory history, final long last) {
        final List<Wanted> expected = new ArrayList<>();
        for (long revision = next; revision <= last; revision++) {
            for (final Change each : history.at(revision)) {
                if (wants(each)) {
                    expected.add(wanted(history, revision, each));
                }
            }
        }
        return expected;
    }

    private Wanted wanted(final KvHistory history, final long revision, final Change change) {
        final byte[] before = is(PREVIOUS) ? history.before(change.key(), revision) : null;
        final byte[] event =
                before == null
                        ? change.event()
                        : ProtoMessage.message().all(change.event()).element(3, before).bytes();
        return new Wanted(revision, event, change.event());
    }

    private static boolean isSame(
            final List<Wanted> expected, final List<byte[]> told, final long compacted) {
        boolean isSame = expected.size() == told.size();
        for (int i = 0; isSame && i < told.size(); i++) {
            isSame = expected.get(i).is(told.get(i), compacted);
        }
        return isSame;
    }
}
