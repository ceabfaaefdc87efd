package io.larch.engine.loop;

import io.larch.engine.keys.StoreStats;
import io.larch.engine.keys.StoreStats.Counter;
import io.larch.engine.port.QueryViews;

/** The counters of {@code /v2/stats/store} as edges see them. */
final class KeyCounts {
    private KeyCounts() {}

    static QueryViews.StoreCounts of(final StoreStats s) {
        return new QueryViews.StoreCounts(
                s.get(Counter.GETS_SUCCESS),
                s.get(Counter.GETS_FAIL),
                s.get(Counter.SETS_SUCCESS),
                s.get(Counter.SETS_FAIL),
                s.get(Counter.DELETE_SUCCESS),
                s.get(Counter.DELETE_FAIL),
                s.get(Counter.UPDATE_SUCCESS),
                s.get(Counter.UPDATE_FAIL),
                s.get(Counter.CREATE_SUCCESS),
                s.total(Counter.CREATE_FAIL),
                s.get(Counter.COMPARE_AND_SWAP_SUCCESS),
                s.total(Counter.COMPARE_AND_SWAP_FAIL),
                s.get(Counter.COMPARE_AND_DELETE_SUCCESS),
                s.total(Counter.COMPARE_AND_DELETE_FAIL),
                s.get(Counter.EXPIRE_COUNT),
                s.get(Counter.WATCHERS));
    }
}
