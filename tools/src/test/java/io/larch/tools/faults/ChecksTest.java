package io.larch.tools.faults;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each check notices what it is for, and nothing else. */
class ChecksTest {
    private static final String KEY = "/load/k";
    private static final String OTHER = "/load/other";

    private final Journal journal = new Journal();
    private final List<Watcher.Span> spans = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();
    private final List<Map<String, Object>> nodes = new ArrayList<>();

    private static Event event(final long index, final String key, final String value) {
        return new Event(index, index, key, value, index + key + value);
    }

    private void happened(final long index, final String key, final String value) {
        events.add(event(index, key, value));
        nodes.removeIf(node -> node.get("key").equals(key));
        nodes.add(
                Map.of("key", key, "value", value, "modifiedIndex", index, "createdIndex", index));
    }

    private void write(
            final Outcome outcome,
            final long index,
            final String key,
            final String value,
            final String expected,
            final long calledNs,
            final long returnedNs) {
        journal.add(
                new Write(
                        "m1",
                        expected == null ? Write.Kind.SET : Write.Kind.SWAP,
                        key,
                        value,
                        expected,
                        calledNs,
                        returnedNs,
                        outcome,
                        index,
                        null));
    }

    private void acknowledged(
            final long index, final String key, final String value, final long calledNs) {
        happened(index, key, value);
        write(Outcome.ACKNOWLEDGED, index, key, value, null, calledNs, calledNs + 10);
    }

    private void read(
            final boolean isLinearizable,
            final String value,
            final long storeIndex,
            final long calledNs) {
        journal.add(
                new Read("m1", isLinearizable, KEY, value, calledNs, calledNs + 10, storeIndex));
    }

    private Errors check() {
        final Errors errors = new Errors();
        final long end = events.isEmpty() ? 0 : events.get(events.size() - 1).index();
        if (spans.isEmpty()) {
            spans.add(new Watcher.Span(1, events));
        }
        final List<Watcher.Seen> seen = List.of(new Watcher.Seen("watcher", spans));
        final History history = new History(seen, 1, end, errors);
        final Checks checks = new Checks(journal, history, errors);
        checks.checkWrites();
        checks.checkReads();
        checks.checkWatchers(seen);
        checks.checkTree(List.of(end, Map.of("node", Map.of("key", "/load", "nodes", nodes))));
        new RealTimeCheck().add(journal, history).check(errors);
        return errors;
    }

    private void assertGood() {
        final Errors errors = check();
        assertTrue(errors.isEmpty(), errors::toString);
    }

    private void assertBad(final String text) {
        final Errors errors = check();
        assertFalse(errors.isEmpty());
        assertTrue(errors.toString().contains(text), errors::toString);
    }

    @Test
    void shouldFindNothingWrongWithAGoodRun() {
        acknowledged(1, KEY, "a", 0);
        acknowledged(2, OTHER, "b", 5);
        read(true, "a", 2, 20);
        happened(3, KEY, "c");
        write(Outcome.ACKNOWLEDGED, 3, KEY, "c", "a", 20, 30);
        read(false, "a", 1, 100);
        write(Outcome.UNKNOWN, 0, KEY, "d", null, 40, 50);
        write(Outcome.REFUSED, 0, KEY, "e", null, 40, 50);
        happened(5, KEY, "f");
        write(Outcome.UNKNOWN, 0, KEY, "f", null, 40, 50);
        assertGood();
    }

    @Test
    void shouldNoticeALostWrite() {
        acknowledged(1, KEY, "a", 0);
        write(Outcome.ACKNOWLEDGED, 2, KEY, "b", null, 10, 20);
        acknowledged(3, OTHER, "c", 20);
        assertBad("lost: ");
    }

    @Test
    void shouldNoticeAWriteThatHappenedTwice() {
        acknowledged(1, KEY, "a", 0);
        happened(2, OTHER, "a");
        assertBad("done more than once");
    }

    @Test
    void shouldNoticeAnUnknownWriteThatHappenedTwice() {
        happened(1, KEY, "a");
        happened(2, OTHER, "a");
        write(Outcome.UNKNOWN, 0, KEY, "a", null, 0, 10);
        assertBad("done more than once");
    }

    @Test
    void shouldNoticeARefusedWriteThatHappened() {
        happened(1, KEY, "a");
        write(Outcome.REFUSED, 0, KEY, "a", null, 0, 10);
        assertBad("refused, but done");
    }

    @Test
    void shouldNoticeAWriteThatNobodySent() {
        happened(1, KEY, "a");
        assertBad("nobody sent");
    }

    @Test
    void shouldNoticeAWriteThatHappenedElsewhere() {
        happened(1, KEY, "a");
        write(Outcome.ACKNOWLEDGED, 2, KEY, "a", null, 0, 10);
        assertBad("done elsewhere");
    }

    @Test
    void shouldNoticeASwapOfSomethingElse() {
        acknowledged(1, KEY, "a", 0);
        acknowledged(2, KEY, "b", 10);
        happened(3, KEY, "c");
        write(Outcome.ACKNOWLEDGED, 3, KEY, "c", "a", 20, 30);
        assertBad("swapped something else");
    }

    @Test
    void shouldNoticeAWriteThatComesBeforeAnEarlierOne() {
        acknowledged(1, KEY, "b", 100);
        acknowledged(2, OTHER, "a", 0);
        assertBad("sent too late");
    }

    @Test
    void shouldAcceptWritesAtTheSameTimeInAnyOrder() {
        acknowledged(1, KEY, "b", 5);
        acknowledged(2, OTHER, "a", 0);
        assertGood();
    }

    @Test
    void shouldNoticeAStaleRead() {
        acknowledged(1, KEY, "a", 0);
        acknowledged(2, KEY, "b", 10);
        read(true, "a", 1, 50);
        assertBad("sent too late");
    }

    @Test
    void shouldNoticeAReadOfTheFuture() {
        acknowledged(1, KEY, "a", 0);
        read(true, "b", 2, 20);
        acknowledged(2, KEY, "b", 50);
        assertBad("sent too late");
    }

    @Test
    void shouldNoticeAnUnknownWriteThatHappenedBeforeItWasSent() {
        acknowledged(1, KEY, "a", 0);
        happened(2, KEY, "b");
        acknowledged(3, KEY, "c", 10);
        write(Outcome.UNKNOWN, 0, KEY, "b", null, 100, 110);
        assertBad("sent too late");
    }

    @Test
    void shouldAcceptALocalReadOfThePastButNotOfWhatNeverWas() {
        acknowledged(1, KEY, "a", 0);
        acknowledged(2, KEY, "b", 10);
        read(false, "a", 1, 50);
        assertGood();

        read(false, "a", 2, 50);
        assertBad("read something else");
    }

    @Test
    void shouldNoticeAReadThatDoesNotFindWhatIsThere() {
        acknowledged(1, KEY, "a", 0);
        read(true, null, 1, 50);
        assertBad("read something else");
    }

    @Test
    void shouldNoticeAWatcherThatMissesAnEvent() {
        acknowledged(1, KEY, "a", 0);
        acknowledged(2, KEY, "b", 10);
        acknowledged(3, KEY, "c", 20);
        spans.add(new Watcher.Span(1, events));
        spans.add(new Watcher.Span(1, List.of(events.get(0), events.get(2))));
        assertBad("never saw");
    }

    @Test
    void shouldNoticeAWatcherThatSeesAnEventTwice() {
        acknowledged(1, KEY, "a", 0);
        spans.add(new Watcher.Span(1, List.of(events.get(0), events.get(0))));
        assertBad("after 1");
    }

    @Test
    void shouldNoticeWatchersThatDisagree() {
        acknowledged(1, KEY, "a", 0);
        spans.add(new Watcher.Span(1, events));
        spans.add(new Watcher.Span(1, List.of(event(1, KEY, "b"))));
        assertBad("another");
    }

    @Test
    void shouldAcceptAGapThatWasTold() {
        acknowledged(1, KEY, "a", 0);
        acknowledged(2, KEY, "b", 10);
        acknowledged(3, KEY, "c", 20);
        spans.add(new Watcher.Span(1, List.of(events.get(0))));
        spans.add(new Watcher.Span(3, List.of(events.get(2))));
        spans.add(new Watcher.Span(1, events));
        assertGood();
    }

    @Test
    void shouldNoticeWhatNobodyWatched() {
        acknowledged(1, KEY, "a", 0);
        acknowledged(3, KEY, "c", 20);
        spans.add(new Watcher.Span(1, List.of(events.get(0))));
        spans.add(new Watcher.Span(3, List.of(events.get(1))));
        assertBad("nobody watched from 2");
    }

    @Test
    void shouldNoticeATreeThatDiffersFromTheHistory() {
        acknowledged(1, KEY, "a", 0);
        nodes.clear();
        assertBad("in the tree: null");

        nodes.add(Map.of("key", KEY, "value", "b", "modifiedIndex", 1L, "createdIndex", 1L));
        assertBad("in the tree: {");
    }

    @Test
    void shouldNoticeANodeWithoutAnEvent() {
        acknowledged(1, KEY, "a", 0);
        nodes.add(Map.of("key", OTHER, "value", "b", "modifiedIndex", 1L, "createdIndex", 1L));
        assertBad("in the tree, but no event");
    }
}
