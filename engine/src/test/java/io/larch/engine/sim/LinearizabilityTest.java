package io.larch.engine.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.sim.Linearizability.Verdict;
import io.larch.engine.sim.Operation.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LinearizabilityTest {
    private static final int BUDGET = 1_000_000;

    private final List<Operation> history = new ArrayList<>();

    private Operation call(final Kind kind, final long value, final long expected, final long at) {
        final Operation operation = new Operation(kind, value, expected, at);
        history.add(operation);
        return operation;
    }

    private void set(final long value, final long before, final long from, final long to) {
        call(Kind.SET, value, 0, from).answered(before, to);
    }

    private void read(final long value, final long from, final long to) {
        call(Kind.READ, 0, 0, from).answered(value, to);
    }

    private void check(final Verdict expected) {
        assertEquals(expected, Linearizability.check(history, BUDGET));
    }

    @Test
    void shouldAcceptAnEmptyHistory() {
        check(Verdict.LINEARIZABLE);
    }

    @Test
    void shouldAcceptOneAfterTheOther() {
        set(1, 0, 1, 2);
        read(1, 3, 4);
        set(2, 1, 5, 6);
        read(2, 7, 8);
        check(Verdict.LINEARIZABLE);
    }

    @Test
    void shouldRefuseAStaleRead() {
        set(1, 0, 1, 2);
        set(2, 1, 3, 4);
        read(1, 5, 6);
        check(Verdict.NOT_LINEARIZABLE);
    }

    @Test
    void shouldAcceptEitherValueDuringASet() {
        set(1, 0, 1, 2);
        set(2, 1, 3, 10);
        read(1, 4, 5);
        read(2, 6, 7);
        check(Verdict.LINEARIZABLE);
    }

    @Test
    void shouldRefuseToGoBackDuringASet() {
        set(1, 0, 1, 2);
        set(2, 1, 3, 10);
        read(2, 4, 5);
        read(1, 6, 7);
        check(Verdict.NOT_LINEARIZABLE);
    }

    @Test
    void shouldAcceptAnUnknownSetThatTookEffectLate() {
        set(1, 0, 1, 2);
        call(Kind.SET, 2, 0, 3);
        read(1, 20, 21);
        read(2, 30, 31);
        check(Verdict.LINEARIZABLE);
    }

    @Test
    void shouldAcceptAnUnknownSetThatNeverTookEffect() {
        set(1, 0, 1, 2);
        call(Kind.SET, 2, 0, 3);
        read(1, 30, 31);
        check(Verdict.LINEARIZABLE);
    }

    @Test
    void shouldRefuseAnUnknownSetThatTookEffectTwice() {
        call(Kind.SET, 2, 0, 1);
        read(2, 3, 4);
        set(3, 2, 5, 6);
        read(2, 7, 8);
        check(Verdict.NOT_LINEARIZABLE);
    }

    @Test
    void shouldRefuseAnUnknownSetBeforeItsCall() {
        read(2, 1, 2);
        call(Kind.SET, 2, 0, 3);
        check(Verdict.NOT_LINEARIZABLE);
    }

    @Test
    void shouldRefuseTwoSuccessfulCreations() {
        call(Kind.CREATE, 1, 0, 1).answered(0, 10);
        call(Kind.CREATE, 2, 0, 2).answered(0, 11);
        check(Verdict.NOT_LINEARIZABLE);
    }

    @Test
    void shouldAcceptTwoCreationsAroundADeletion() {
        call(Kind.CREATE, 1, 0, 1).answered(0, 10);
        call(Kind.CREATE, 2, 0, 2).answered(0, 11);
        call(Kind.DELETE, 0, 0, 3).answered(1, 12);
        check(Verdict.LINEARIZABLE);
    }

    @Test
    void shouldRefuseTwoSwapsOfOneValue() {
        set(1, 0, 1, 2);
        call(Kind.SWAP, 2, 1, 3).answered(1, 8);
        call(Kind.SWAP, 3, 1, 4).answered(1, 9);
        check(Verdict.NOT_LINEARIZABLE);
    }

    @Test
    void shouldAcceptAFailedSwapThatSawAnother() {
        set(1, 0, 1, 2);
        call(Kind.SWAP, 2, 1, 3).answered(1, 8);
        call(Kind.SWAP, 3, 1, 4).answered(Operation.DIFFERENT, 9);
        call(Kind.COMPARE_AND_DELETE, 0, 2, 10).answered(2, 11);
        read(Operation.ABSENT, 12, 13);
        check(Verdict.LINEARIZABLE);
    }

    @Test
    void shouldRefuseAFailedSwapWithoutReason() {
        set(1, 0, 1, 2);
        call(Kind.SWAP, 2, 1, 3).answered(Operation.DIFFERENT, 4);
        check(Verdict.NOT_LINEARIZABLE);
    }

    @Test
    void shouldRefuseAnUpdateOfNothing() {
        call(Kind.UPDATE, 1, 0, 1).answered(0, 2);
        check(Verdict.NOT_LINEARIZABLE);
    }

    @Test
    void shouldRefuseALostUpdate() {
        set(1, 0, 1, 2);
        set(2, 1, 3, 4);
        set(3, 1, 5, 6);
        check(Verdict.NOT_LINEARIZABLE);
    }

    @Test
    void shouldGiveUpWhenTheBudgetIsUsedUp() {
        for (int i = 1; i <= 20; i++) {
            call(Kind.SET, i, 0, i);
        }
        read(99, 100, 101);
        assertEquals(Verdict.UNDECIDED, Linearizability.check(history, 1000));
    }

    /** Histories made by a real register are linearizable; with one answer changed they are not. */
    @Test
    void shouldTellARegisterFromABrokenOne() {
        final SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 500; round++) {
            history.clear();
            final List<Operation> reads = runRegister(random);
            check(Verdict.LINEARIZABLE);
            if (!reads.isEmpty()) {
                reads.get(random.nextInt(reads.size())).answer = 1_000;
                check(Verdict.NOT_LINEARIZABLE);
            }
        }
        assertTrue(history.size() > 10);
    }

    /** Each operation is called, takes effect or not, and returns or not, at random moments. */
    private List<Operation> runRegister(final SplittableRandom random) {
        final List<Operation> called = new ArrayList<>();
        final List<Operation> effective = new ArrayList<>();
        final List<Operation> reads = new ArrayList<>();
        final Kind[] kinds = Kind.values();
        long state = 0;
        for (int time = 1; time < 120; time++) {
            switch (random.nextInt(4)) {
                case 0 -> {
                    if (called.size() + effective.size() < 6 && history.size() < 40) {
                        final Kind kind = kinds[random.nextInt(kinds.length)];
                        final long expected = Math.max(1, state);
                        called.add(call(kind, 1 + history.size(), expected, time));
                    }
                }
                case 1, 2 -> {
                    if (!called.isEmpty()) {
                        final Operation each = called.remove(random.nextInt(called.size()));
                        each.answer = each.answerAt(state);
                        state = each.stateAfter(state);
                        effective.add(each);
                    }
                }
                default -> {
                    if (!effective.isEmpty() && random.nextInt(5) > 0) {
                        final Operation each = effective.remove(random.nextInt(effective.size()));
                        each.returned = time;
                        if (each.kind == Kind.READ) {
                            reads.add(each);
                        }
                    }
                }
            }
        }
        return reads;
    }
}
