package io.larch.engine.sim;

import io.larch.engine.application.Result;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvError;
import io.larch.engine.codec.kv.KvReply;
import io.larch.engine.kv.KvApplication;
import io.larch.engine.kv.KvLook;
import io.larch.engine.kv.ProtoMessage;
import io.larch.engine.kv.ReferenceKv;
import io.larch.engine.mvcc.MvccStore;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.agrona.DirectBuffer;

/**
 * What the v3 API has to be like after each entry of the log: a plain model that is told each
 * command once, by the member that is the first to apply it, and that all members are held against,
 * over all their lives and however they came by what they have.
 */
final class KvTruth {
    /** One of so many entries is looked at closely. */
    private static final int SAMPLES_SHIFT = Long.SIZE - 4;

    private static final byte OWN = 1;

    private final ReferenceKv model = new ReferenceKv(false);
    private final Map<Long, Outcome> outcomes = new HashMap<>();

    /** By entry: what the state is like behind it, as far as it was looked at. */
    private final Map<Long, String> rests = new HashMap<>();

    private long[] revisions = new long[1024];
    private long[] compacted = new long[1024];
    private long passed;
    private long applied;
    private long expired;

    /** What a write has come to. */
    private record Outcome(KvError error, byte[] answer) {}

    ReferenceKv model() {
        return model;
    }

    /** The last entry that it was told of. */
    long index() {
        return passed;
    }

    private void note(final long index) {
        revisions[(int) index] = model.revision();
        compacted[(int) index] = model.compacted();
    }

    /**
     * An entry is about to be applied by a member.
     *
     * @param application of that member, as the entries before have left it.
     */
    void passing(
            final int place,
            final KvApplication application,
            final long index,
            final long term,
            final long nowNanos) {
        if (index > passed) {
            if (index >= revisions.length) {
                revisions = Arrays.copyOf(revisions, (int) Math.max(index + 1, passed * 2));
                compacted = Arrays.copyOf(compacted, revisions.length);
            }
            for (long i = passed + 1; i <= index; i++) {
                note(i);
            }
            passed = index;
            checkAt(place, application, index);
            model.passing(term, nowNanos);
        } else {
            checkAt(place, application, index - 1);
        }
    }

    private void checkAt(final int place, final KvApplication application, final long index) {
        final long revision = revisions[(int) index];
        if (application.store().revision() != revision
                || application.store().compactedRevision() != compacted[(int) index]) {
            throw violation(
                    place,
                    "stands at revision "
                            + application.store().revision()
                            + ", compacted "
                            + application.store().compactedRevision()
                            + ", not "
                            + revision
                            + " and "
                            + compacted[(int) index],
                    index);
        }
    }

    /** A write was applied by a member. */
    void applied(
            final int place,
            final KvApplication application,
            final long index,
            final CommandEnvelope command,
            final Result result) {
        if (index > applied) {
            if (index < passed) {
                throw violation(place, "does what another did not", index);
            }
            applied = index;
            outcomes.put(index, apply(command));
            note(index);
        }
        final Outcome expected = outcomes.get(index);
        if (expected == null) {
            throw violation(place, "does what another did not", index);
        }
        final KvError error = KvReply.error(result.event(), result.eventOffset());
        if (error != expected.error) {
            throw violation(place, "says " + error + ", not " + expected.error, index);
        }
        if (error == null && result.isAwaited()) {
            checkAnswer(place, index, expected.answer, result);
        }
        checkAt(place, application, index);
        final byte type = command.type();
        if (isSampled(index) || type >= KvCommand.LEASE_GRANT || type == KvCommand.COMPACT) {
            checkState(place, application, index);
        }
    }

    private Outcome apply(final CommandEnvelope command) {
        final byte[] body = body(command);
        final boolean isOwn =
                command.buffer()
                                .getByte(
                                        command.offset()
                                                + CommandEnvelope.APPLICATION_OFFSET
                                                + Integer.BYTES)
                        == OWN;
        final byte[] answer = model.apply(command.type(), body, isOwn);
        return new Outcome(model.error(), answer);
    }

    private static byte[] body(final CommandEnvelope command) {
        return bytes(
                command.buffer(), KvCommand.bodyOffset(command), KvCommand.bodyLength(command));
    }

    static byte[] bytes(final DirectBuffer buffer, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        buffer.getBytes(offset, bytes);
        return bytes;
    }

    private static void checkAnswer(
            final int place, final long index, final byte[] expected, final Result result) {
        final byte[] actual =
                bytes(
                        result.event(),
                        result.eventOffset() + KvReply.HEAD_LENGTH,
                        result.eventLength() - KvReply.HEAD_LENGTH);
        if (!Arrays.equals(actual, expected)) {
            throw violation(
                    place,
                    "answers " + ProtoMessage.show(actual) + ", not " + ProtoMessage.show(expected),
                    index);
        }
    }

    /** A member has answered a read; those of members that lag behind are not looked at. */
    void read(final int place, final long index, final CommandEnvelope query, final Result result) {
        final byte type = query.type();
        if (index < passed
                || result.isTooLong()
                || type != KvCommand.RANGE && type != KvCommand.TXN_READ) {
            return;
        }
        final byte[] expected = model.read(type, body(query));
        final KvError error = KvReply.error(result.event(), result.eventOffset());
        if (error != model.error()) {
            throw violation(place, "says " + error + ", not " + model.error(), index);
        }
        if (error == null) {
            checkAnswer(place, index, expected, result);
        }
    }

    /** A member has taken away what has expired. */
    void expired(
            final int place, final KvApplication application, final long index, final int most) {
        if (index > expired) {
            expired = index;
            final long before = model.revision();
            model.expire(most);
            note(index);
            if (before != model.revision()) {
                rests.put(index, model.rest());
            }
        }
        checkAt(place, application, index);
        if (isSampled(index) || rests.containsKey(index)) {
            checkState(place, application, index);
        }
    }

    private static boolean isSampled(final long index) {
        return index * 0x9E3779B97F4A7C15L >>> SAMPLES_SHIFT == 0;
    }

    /** Compares all that there is, right behind an entry. */
    private void checkState(final int place, final KvApplication application, final long index) {
        if (index == passed) {
            rests.computeIfAbsent(index, any -> model.rest());
        }
        final String expected = rests.get(index);
        if (expected != null) {
            final String actual = KvLook.rest(application);
            if (!actual.equals(expected)) {
                throw violation(place, "has " + actual + "\nnot " + expected, index);
            }
        }
        checkHistory(place, application, (int) index);
    }

    /**
     * Compares the history that a member holds, at some of its revisions.
     *
     * @param number chooses which.
     */
    void checkHistory(final int place, final KvApplication application, final int number) {
        final MvccStore store = application.store();
        final long newest = store.revision();
        final long gone = store.compactedRevision();
        final long oldest = Math.max(1, gone);
        if (store.sweptRevision() == gone && store.versionCount() != model.held(newest, gone)) {
            throw violation(
                    place,
                    "holds "
                            + store.versionCount()
                            + " versions, not "
                            + model.held(newest, gone)
                            + ", with all up to "
                            + gone
                            + " compacted",
                    passed);
        }
        checkRevision(place, application, newest);
        checkRevision(place, application, oldest);
        checkRevision(place, application, oldest + Math.floorMod(number, newest - oldest + 1));
    }

    private void checkRevision(
            final int place, final KvApplication application, final long revision) {
        if (!Arrays.equals(model.allAt(revision), KvLook.allAt(application, revision))) {
            throw violation(place, "has other keys at revision " + revision, passed);
        }
        final long gone = application.store().compactedRevision();
        if (model.hash(revision, gone) != KvLook.hash(application, revision)) {
            throw violation(
                    place,
                    "has another hash of revision " + revision + ", compacted " + gone,
                    passed);
        }
    }

    static Violation violation(final int place, final String what, final long index) {
        return new Violation(
                "the model of v3", "member " + place + " " + what + " at entry " + index);
    }
}
