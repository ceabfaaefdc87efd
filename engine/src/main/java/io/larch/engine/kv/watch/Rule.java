package io.larch.engine.kv.watch;

/**
 * What {@link WatchHub} keeps where a slip would show seldom, each with a switch where the code
 * keeps it: look for its uses. A test breaks one at a time to show that the simulation notices.
 *
 * <p>A rule can be broken only where assertions are enabled, as in tests. Elsewhere {@link
 * WatchHub#keeps} is constantly true and costs nothing.
 */
enum Rule {
    /** Who is held back is told later what it was not told now. */
    HELD_BACK_IS_TOLD_LATER,
    /** A compaction ends those who need what is gone. */
    COMPACTION_ENDS_THE_LATE,
    /** Nobody joins a sweep in the middle of a revision that it wants. */
    NOBODY_JOINS_IN_THE_MIDDLE;

    /** A constant for the compiler of the running machine: false but in tests. */
    static final boolean CAN_BE_BROKEN = Rule.class.desiredAssertionStatus();
}
