package io.larch.engine.sim;

/** Says in words what the actions of a run are. */
final class Story {
    private static final Operation.Kind[] KINDS = Operation.Kind.values();

    private Story() {}

    static String tell(final Run run) {
        final StringBuilder story = new StringBuilder();
        story.append("A group of ").append(run.setting().size()).append(" members. Then:\n");
        final Actions actions = run.actions();
        for (int i = 0; i < actions.size(); i++) {
            story.append(String.format("%5d  %s%n", i + 1, tell(actions, i)));
        }
        story.append(
                run.violation() == null
                        ? "Nothing is broken.\n"
                        : "Broken at step "
                                + run.violatedAt()
                                + ": "
                                + run.violation().getMessage());
        return story.append('\n').toString();
    }

    private static String tell(final Actions actions, final int i) {
        final long a = actions.number(i, 0);
        final long b = actions.number(i, 1);
        final long c = actions.number(i, 2);
        final long d = actions.number(i, 3);
        return switch (actions.deed(i)) {
            case TICK -> "at member " + a + " pass " + b + " ms";
            case TURN -> "member " + a + " takes a turn";
            case DELIVER ->
                    Math.max(1, d) + " message(s) from " + a + " to " + b + " arrive" + at(c);
            case LOSE -> "a message from " + a + " to " + b + " is lost" + at(c);
            case REPEAT -> "a message from " + a + " to " + b + " is repeated" + at(c);
            case SYNC -> "the log of member " + a + " is synced";
            case PREPARE -> "member " + a + " prepares a segment";
            case WRITE -> "member " + a + " writes on at a snapshot";
            case PARTITION -> "members " + Long.toBinaryString(a) + " (bits) are cut off, way " + b;
            case HEAL -> "all links work again";
            case CUT -> "the link from " + a + " to " + b + (c != 0 ? " is cut" : " works again");
            case CONGEST ->
                    "the link from " + a + " to " + b + (c != 0 ? " is full" : " has room again");
            case DISCONNECT -> "member " + a + " loses its connection to " + b;
            case TEAR -> "the power of member " + a + " fails in the middle of a sector";
            case CRASH -> "the power of member " + a + " fails";
            case KILL -> "member " + a + " is killed";
            case FUSE -> "the power of member " + a + " will fail after " + b + " more touches";
            case START, JOIN -> "member " + a + " starts";
            case BAD_SYNC -> "a sync of member " + a + " will fail after " + b + " more";
            case ROOM -> "the disk of member " + a + " has room for " + b + " bytes";
            case SLOW -> "syncs of member " + a + " take " + b + " us";
            case FLIP -> "a bit on the disk of member " + a + " flips";
            case JUMP -> "the wall clock of member " + a + " jumps by " + b + " ms";
            case SKEW -> "the wall clock of member " + a + " runs " + b + " permille too fast";
            case FREEZE ->
                    "the wall clock of member " + a + (b != 0 ? " stands still" : " goes on");
            case PASS -> a + " ms pass";
            case PAUSE -> "member " + a + (b != 0 ? " is paused" : " goes on");
            case CLOG ->
                    "the way to the clients of member "
                            + a
                            + (b != 0 ? " is full" : " has room again");
            case CALM -> a != 0 ? "a calm begins" : "a storm begins";
            case LOCK ->
                    "client " + c + " asks member " + a + " for lock " + b + " for " + d + " ms";
            case REFRESH -> "client " + c + " refreshes lock " + b + " at member " + a;
            case GIVE_UP -> "client " + b + " of lock " + a + " gives up";
            case ASK ->
                    "a client asks member "
                            + a
                            + " for "
                            + KINDS[(int) b]
                            + " of key "
                            + c
                            + " value "
                            + (d & 0xffffffffL)
                            + " expecting "
                            + (d >>> 32);
            case LOOK -> "a client looks at key " + b + " at member " + a;
            case QUEUE -> "a client puts " + b + " in the queue at member " + a;
            case EXPIRE -> "a client sets a key for " + d + " ms at member " + a;
            case WATCH -> "a client watches " + (b == 0 ? "all" : "key " + b) + " at member " + a;
            case UNWATCH -> "a watch at member " + a + " ends";
            case ADD -> "member " + a + " is asked to add member " + b;
            case REMOVE -> "member " + a + " is asked to remove member " + b;
            case UPDATE -> "member " + a + " is asked to update member " + b;
            case ADD_LEARNER -> "member " + a + " is asked to add member " + b + " as a learner";
            case PROMOTE -> "member " + a + " is asked to promote member " + b;
            case WIPE -> "the disk of member " + a + " is lost";
            case TRANSFER -> "member " + a + " is asked to hand leadership to " + b;
            case UPGRADE -> "member " + a + " is stopped for a newer build";
            case COUNT -> "a client adds " + b + " to the counter at member " + a;
            case TALLY -> "a client reads the counter at member " + a;
            case USERS -> "a client changes users, kind " + b + ", name " + c + ", at member " + a;
            case KV_ASK ->
                    "a client asks member "
                            + a
                            + " for "
                            + KINDS[(int) b]
                            + " of v3 key "
                            + c
                            + " value "
                            + (d & 0xffffffffL)
                            + " expecting "
                            + (d >>> 32);
            case KV_GROUP -> "a client changes several v3 keys at member " + a;
            case KV_LEASE -> "a client asks member " + a + " about lease " + c + ", kind " + b;
            case KV_COMPACT -> "a client compacts at member " + a + " up to " + b + " ago";
            case KV_WATCH ->
                    "a client watches " + (b == 0 ? "all v3" : "v3 key " + b) + " at member " + a;
            case KV_ANY -> "a client asks something of v3 at member " + a;
            case KV_UNWATCH -> "a v3 watch at member " + a + " ends";
        };
    }

    private static String at(final long k) {
        return k == 0 ? "" : ", out of order";
    }
}
