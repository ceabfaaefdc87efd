package io.larch.tools.v3.faults;

/**
 * What became of one step of a writer: it put a key that was never there before, and its own
 * counter with it.
 *
 * @param key the new key.
 * @param revision at which it was acknowledged; 0 when nobody said so: it may have happened or not.
 */
record Step(String key, long revision) {
    boolean isAcknowledged() {
        return revision > 0;
    }
}
