package io.larch.engine.member;

/**
 * What builds understand of each other's commands and snapshots, as a number that each member tells
 * when it starts. What needs a level is used when all voters and learners have it: so a cluster is
 * upgraded member by member, and nobody meets what it does not know. A member that was just added
 * counts as one of the cluster's level until it tells its own, which it does before it votes: if it
 * is older, it stops in front of what it does not know. One without a level (0) is of a build from
 * before there were any.
 */
public final class FeatureLevel {
    /** Applications beside the keys, and a section of the snapshot for each. */
    public static final int SECTIONS = 1;

    /** SYNCs that say how much they let expire. */
    public static final int BOUNDED_SYNCS = 5;

    /** Members that stay learners until they are promoted. */
    public static final int HELD_LEARNERS = 6;

    /** Of this build, without what its applications add: users and roles need the one above. */
    public static final int CURRENT = SECTIONS;

    private FeatureLevel() {}
}
