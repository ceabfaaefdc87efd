package io.larch.engine.apply;

import static io.larch.engine.apply.CommandAdmission.NOT_UNDERSTOOD;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.larch.engine.application.Applications;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.counter.CounterApplication;
import io.larch.engine.member.ClusterState;
import io.larch.engine.member.FeatureLevel;
import io.larch.engine.member.Member;
import io.larch.engine.raft.ConfChange;
import io.larch.engine.raft.EntryKind;
import io.larch.engine.raft.LogStorage;
import io.larch.engine.raft.SimLogStorage;
import java.util.List;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class CommandAdmissionTest {
    private static final long HALF = CounterApplication.LIMIT / 2;

    private final CounterApplication counter = new CounterApplication();
    private final ClusterState cluster = new ClusterState(0xC1);
    private final AppliedPosition applied = new AppliedPosition();
    private final CommandAdmission admission =
            new CommandAdmission(new Applications(List.of(counter)), cluster, applied);
    private final ExpandableArrayBuffer buffer = new ExpandableArrayBuffer();
    private long index;

    private void join(final long id, final int featureLevel) {
        final byte[] context =
                ClusterState.encodeFounder(
                        new Member(id, "m" + id, List.of("http://127.0.0.1:" + id), List.of()));
        cluster.apply(ConfChange.of(ConfChange.Op.ADD_VOTER, id, context));
        final int length =
                ClusterState.encodePublication(buffer, "m" + id, List.of(), featureLevel);
        cluster.publish(id, buffer, 0, length);
    }

    private int add(final long amount) {
        final int length = CounterApplication.encodeAdd(buffer, 1, amount);
        final int reason = admission.check(buffer, 0, length);
        if (reason == 0) {
            admission.appended(++index, EntryKind.COMMAND, buffer, 0, length);
        }
        return reason;
    }

    private void change(final ConfChange.Op op, final long id) {
        final UnsafeBuffer body = encode(op, id);
        admission.appended(++index, EntryKind.CONF_CHANGE, body, 0, body.capacity());
    }

    private static UnsafeBuffer encode(final ConfChange.Op op, final long id) {
        final ConfChange change = ConfChange.of(op, id);
        final UnsafeBuffer body = new UnsafeBuffer(new byte[change.encodedLength()]);
        change.encode(body, 0);
        return body;
    }

    @Test
    void shouldCountWhatIsAppendedUntilItIsApplied() {
        join(1, CounterApplication.FEATURE_LEVEL);
        assertEquals(0, add(HALF));
        assertEquals(0, add(HALF));
        assertEquals(ErrorCode.STORE_FULL.code(), add(1));

        applied.set(1, 1);
        // The state machine has it now; this one's test does not apply.
        assertEquals(0, add(HALF));
        assertEquals(ErrorCode.STORE_FULL.code(), add(1));
    }

    @Test
    void shouldCountNothingForWhatWasCheckedAndNotAppended() {
        join(1, CounterApplication.FEATURE_LEVEL);
        final int length = CounterApplication.encodeAdd(buffer, 1, HALF);
        for (int i = 0; i < 10; i++) {
            assertEquals(0, admission.check(buffer, 0, length));
        }
    }

    @Test
    void shouldTakeNothingThatAMemberDoesNotUnderstandAsItSaid() {
        join(1, CounterApplication.FEATURE_LEVEL);
        assertEquals(0, add(1));
        change(ConfChange.Op.ADD_LEARNER, 2);
        assertEquals(0, add(1));
        assertEquals(0, check(CommandType.SYNC));

        applied.set(index, 1);
        join(2, CounterApplication.FEATURE_LEVEL);
        assertEquals(0, add(1));
        join(2, 0);
        assertEquals(NOT_UNDERSTOOD, add(1));
    }

    @Test
    void shouldTakeNoLearnerThatStaysOneBeforeAllUnderstandThat() {
        join(1, FeatureLevel.HELD_LEARNERS - 1);
        assertEquals(NOT_UNDERSTOOD, admission.check(of(ConfChange.Op.ADD_HELD_LEARNER)));
        assertEquals(NOT_UNDERSTOOD, admission.check(of(ConfChange.Op.PROMOTE)));
        assertEquals(0, admission.check(of(ConfChange.Op.ADD_LEARNER)));
        join(1, FeatureLevel.HELD_LEARNERS);
        assertEquals(0, admission.check(of(ConfChange.Op.ADD_HELD_LEARNER)));
        assertEquals(0, admission.check(of(ConfChange.Op.PROMOTE)));
    }

    private static ConfChange of(final ConfChange.Op op) {
        return ConfChange.of(op, 2);
    }

    @Test
    void shouldMeasureWhatEarlierLeadersLeft() {
        join(1, CounterApplication.FEATURE_LEVEL);
        assertEquals(0, add(HALF));
        final LogStorage log = new SimLogStorage();
        final int length = CounterApplication.encodeAdd(buffer, 1, HALF);
        log.append(1, EntryKind.COMMAND, buffer, 0, length);
        log.append(1, EntryKind.COMMAND, buffer, 0, length);
        index = 2;

        admission.elected(log, 1);

        assertEquals(0, add(HALF));
        assertEquals(ErrorCode.STORE_FULL.code(), add(1));
    }

    @Test
    void shouldRefuseWhatEveryMemberWouldEndAt() {
        join(1, CounterApplication.FEATURE_LEVEL);
        assertEquals(NOT_UNDERSTOOD, check(CommandType.SET));
        final int length = CounterApplication.encodeAdd(buffer, 1, 1);
        assertEquals(NOT_UNDERSTOOD, admission.check(buffer, 0, length - 1));
        assertEquals(NOT_UNDERSTOOD, admission.check(buffer, 0, 3));
        buffer.putByte(CommandEnvelope.TYPE_OFFSET, CounterApplication.READ);
        assertEquals(NOT_UNDERSTOOD, admission.check(buffer, 0, length));
    }

    /** A command of the keys, which this member has no application for. */
    private int check(final CommandType type) {
        final int length = KeysCommand.encodeHeader(buffer, 0, type, 0, 1, 1, 0, 0, 0, 0, 0);
        return admission.check(buffer, 0, length);
    }
}
