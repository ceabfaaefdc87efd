package io.larch.engine.raft;

/**
 * The rules this core keeps, each by its number in the list of this package's {@code README.md} and
 * with a switch where the code keeps it: look for its uses. A test breaks one at a time to show
 * that the tests would notice.
 *
 * <p>A rule can be broken only where assertions are enabled, as in tests. Elsewhere {@link
 * RaftState#keeps} is constantly true and costs nothing.
 */
enum Rule {
    // Persistence.
    VOTE_IS_SAVED("P1"),
    GRANT_WAITS_FOR_DISK("P1"),
    VOTE_REQUEST_WAITS_FOR_DISK("P2"),
    ACK_WAITS_FOR_DISK("P3"),
    APPEND_DOES_NOT_WAIT_FOR_DISK("P4"),
    LEADER_COUNTS_ITSELF_WHEN_DURABLE("P4"),
    OVERWRITTEN_IS_NOT_DURABLE("P5"),
    COMMIT_IS_SAVED_WITH_ENTRIES("P6"),
    CONF_CHANGE_COMMIT_IS_SAVED("P6"),
    ONLY_DURABLE_IS_APPLIED("S8"),

    // Terms and elections.
    HIGHER_TERM_DEPOSES("E1"),
    ONE_VOTE_PER_TERM("E2"),
    VOTE_ONLY_FOR_UP_TO_DATE("E2"),
    WHO_IS_ASKED_VOTES("E2"),
    PRE_VOTE_IS_ASKED_FIRST("E3"),
    PRE_VOTE_CHANGES_NOTHING("E3"),
    STICKY_TO_LEADER("E4"),
    SILENT_LEADER_IS_FORGOTTEN("E4"),
    TRANSFER_OVERCOMES_STICKINESS("E4"),
    LEADER_NEEDS_QUORUM_CONTACT("E5"),
    NEW_MEMBER_COUNTS_AS_HEARD("E5"),
    LOWER_TERM_IS_ANSWERED("E6"),
    LOWER_PRE_VOTE_IS_ANSWERED("E6"),
    TIMEOUT_IS_RANDOM("E7"),
    NOOP_OF_NEW_LEADER("E8"),
    VOTES_CARRY_COMMIT("E10"),
    LEARNED_COMMIT_IS_MATCHED("E10"),
    NO_CAMPAIGN_WITH_UNAPPLIED_CONF("E11"),

    // Replication.
    COMMIT_ONLY_OWN_TERM("C1"),
    APPEND_CHECKS_PREVIOUS("C2"),
    TRUNCATE_ONLY_AT_CONFLICT("C2"),
    FOLLOWER_COMMIT_IS_VERIFIED("C3"),
    HEARTBEAT_COMMIT_IS_MATCHED("C3"),
    REJECT_CARRIES_TERM_HINT("C4"),
    LEADER_USES_TERM_HINT("C4"),
    STALE_REJECT_IS_IGNORED("C5"),
    HEARTBEAT_REPLY_RESUMES("C5"),
    NEW_FOLLOWER_IS_PROBED("C5"),
    UNREACHABLE_IS_PROBED("C5"),
    WINDOW_IS_BOUNDED("C6"),
    FULL_WINDOW_IS_PROBED("C6"),
    NOT_SENT_IS_SENT_AGAIN("C6"),
    UNCOMMITTED_IS_BOUNDED("C7"),
    ONE_IS_ALWAYS_ADMITTED("C7"),
    COMMIT_IS_TOLD_AT_ONCE("C9"),
    COMMIT_IS_TOLD_ONCE("C9"),

    // Snapshots.
    ACTIVE_FOLLOWERS_KEEP_LOG("S1"),
    SNAPSHOT_BRINGS_MEMBERSHIP("S2"),
    OLD_SNAPSHOT_IS_IGNORED("S4"),
    KNOWN_SNAPSHOT_KEEPS_TAIL("S4"),
    LOG_RESTS_DURING_INSTALL("S4"),
    SNAPSHOT_TIMES_OUT("S5"),
    ANY_SNAPSHOT_WILL_DO("S6"),

    // Membership.
    ONE_CONF_CHANGE_AT_A_TIME("M2"),
    NEW_LEADER_SUSPECTS_ITS_TAIL("M2"),
    CONF_CHANGE_AFTER_OWN_COMMIT("M3"),
    LEARNER_DOES_NOT_CAMPAIGN("M6"),
    PROMOTION_WAITS_FOR_CATCH_UP("M6"),
    HELD_LEARNER_STAYS("M6"),
    REMOVED_LEADER_HANDS_OVER("M7"),
    REMOVED_MEMBER_IS_TOLD("M8"),
    ONLY_VOTERS_TELL_OF_REMOVAL("M8"),
    SHRINKING_COMMITS_AT_ONCE("M9"),
    LAST_VOTER_STAYS("M9"),
    BOTH_HALVES_DECIDE("M10"),
    JOINT_PHASE_IS_LEFT("M10"),

    // Reads.
    READ_NEEDS_ROUND("R1"),
    READ_WAITS_FOR_APPLY("R1"),
    READ_AFTER_OWN_COMMIT("R2"),
    READ_ROUND_IS_NEW("R3"),
    LEASE_STARTS_WHEN_SENT("R5"),
    CLOCK_GAP_ENDS_LEASE("R5"),
    TRANSFER_ENDS_LEASE("R5"),
    RESTARTED_VOTER_WAITS_FOR_LEASES("R5"),

    // Transfer and forwarding.
    TRANSFER_STOPS_PROPOSALS("T1"),
    TRANSFER_WAITS_FOR_LOG("T1"),
    TRANSFER_TIMES_OUT("T1"),
    TRANSFER_ONLY_TO_VOTERS("T2"),
    TRANSFER_ENDS_WITH_ITS_TARGET("T2"),
    TIMEOUT_NOW_OF_SAME_TERM("T3"),
    FORWARD_ONCE("F1"),
    REFUSED_FORWARD_IS_TOLD("F2"),
    LOST_READ_IS_TOLD("F3"),
    COMMANDS_ARE_ADMITTED("F4"),

    // Identity, clocks, limits.
    CLUSTER_ID_IS_CHECKED("I1"),
    LIFE_OF_RECEIVER_IS_CHECKED("I1"),
    CLOCK_GAP_IS_BOUNDED("K1"),
    ENTRY_LENGTH_IS_BOUNDED("L1");

    /** A constant for the compiler of the running machine: false but in tests. */
    static final boolean CAN_BE_BROKEN = Rule.class.desiredAssertionStatus();

    private final String number;

    Rule(final String number) {
        this.number = number;
    }

    /** Where the list of rules explains it. */
    String number() {
        return number;
    }
}
