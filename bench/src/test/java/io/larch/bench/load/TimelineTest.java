package io.larch.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TimelineTest {
    private static final long INTERVAL = Timeline.INTERVAL_NS;

    @Test
    void shouldCountRepliesWhereTheyCome() {
        final Timeline timeline = new Timeline(1000);
        timeline.record(1000 + INTERVAL / 2, 7);
        timeline.record(1000 + 3 * INTERVAL, 8);
        timeline.record(1001 + 3 * INTERVAL, 9);

        assertEquals(4, timeline.intervals().size());
        assertEquals(1, timeline.intervals().get(0).getTotalCount());
        assertEquals(0, timeline.intervals().get(2).getTotalCount());
        assertEquals(2, timeline.intervals().get(3).getTotalCount());
    }

    @Test
    void shouldKnowTheLongestGap() {
        final Timeline timeline = new Timeline(0);
        timeline.record(5, 1);
        timeline.record(105, 1);
        timeline.record(106, 1);

        assertEquals(100, timeline.longestGapNs());
    }

    @Test
    void shouldCountTheWaitForTheFirst() {
        final Timeline timeline = new Timeline(0);
        timeline.record(50, 50);
        timeline.record(60, 10);

        assertEquals(50, timeline.longestGapNs());
    }
}
