package io.larch.engine.sim;

/**
 * Kinds of actions. Each action is one of these and up to four numbers; all that is random about it
 * stands in the numbers, so that a list of actions is a whole run. An action that makes no sense
 * where it stands does nothing.
 */
enum Deed {
    /** place, milliseconds: its clock moves and it takes a turn. */
    TICK,
    /** place: it takes a turn. */
    TURN,
    /**
     * from, to, k, count: so many packets of the link arrive, from the k-th, and a turn is taken.
     */
    DELIVER,
    /** from, to, k: lost; with all behind it where there are connections. */
    LOSE,
    /** from, to, k: sent once more; where there are connections their other end vanishes. */
    REPEAT,
    /** place: the thread that syncs the log does a piece of work. */
    SYNC,
    /** place: the thread that prepares segments does a piece of work. */
    PREPARE,
    /** place: the writer of snapshots does a piece of work. */
    WRITE,
    /** mask, direction: those in the mask are cut off; 1 from, 2 to, 3 from and to the others. */
    PARTITION,
    /** All links work again. */
    HEAL,
    /** from, to, 0 or 1: whether the link is cut. */
    CUT,
    /** from, to, 0 or 1: whether the link takes nothing more. */
    CONGEST,
    /** place, peer: the connection breaks. */
    DISCONNECT,
    /** place, seed: the power fails; what was not synced is lost, in whole or in part. */
    CRASH,
    /** place, seed: as CRASH, with sectors written in part: the log may refuse to open then. */
    TEAR,
    /** place: the process is killed; what it has written stays. */
    KILL,
    /** place, n, seed: the power will fail after the n-th next touch of disk or network. */
    FUSE,
    /** place: it starts, if it is down. */
    START,
    /** place, n: the n-th sync from now fails. */
    BAD_SYNC,
    /** place, bytes: no more room than that; negative: as much as it wants. */
    ROOM,
    /** place, microseconds: how long a sync takes. */
    SLOW,
    /** place, seed: a bit of the disk of a member that is down is flipped. */
    FLIP,
    /** place, milliseconds: its wall clock jumps. */
    JUMP,
    /** place, permille: from now on its wall clock runs so much too fast, or too slow. */
    SKEW,
    /** place, 0 or 1: whether its wall clock stands still from now on. */
    FREEZE,
    /** milliseconds: the true time passes, for all members alike, and each takes a turn. */
    PASS,
    /** place, 0 or 1: whether its process is paused; its clocks go on. */
    PAUSE,
    /** place, 0 or 1: whether the way to its clients is full; they are told later then. */
    CLOG,
    /** 0 or 1: whether nothing but wall clocks goes wrong from now on. */
    CALM,
    /** place, lock, client, milliseconds: a client asks for a lock for so long. */
    LOCK,
    /** place, lock, client: a client wants to keep its lock for as long again, from now. */
    REFRESH,
    /** lock, client: it does not wait for its answer any longer, and its connection ends. */
    GIVE_UP,
    /** place, kind, key, value + (expected << 32): a client asks. */
    ASK,
    /** place, key: a client reads without a quorum. */
    LOOK,
    /** place, value: a client creates a key in order. */
    QUEUE,
    /** place, key, value, milliseconds: a client sets a key that expires. */
    EXPIRE,
    /** place, kind, number, back: a client watches; all or one key, from now or from back then. */
    WATCH,
    /** place: the oldest watch there ends. */
    UNWATCH,
    /** place, new place: add a member. */
    ADD,
    /** place: the member that was added there starts for the first time. */
    JOIN,
    /** place, place removed. */
    REMOVE,
    /** place, place updated. */
    UPDATE,
    /** place, new place: add a member that stays a learner until it is promoted. */
    ADD_LEARNER,
    /** place, place of a learner: promote it. */
    PROMOTE,
    /** place: the disk of a member is lost. */
    WIPE,
    /** place, target: hand leadership over. */
    TRANSFER,
    /**
     * place: it stops, and is of a newer build when it starts again, which knows of counters and
     * users.
     */
    UPGRADE,
    /** place, amount: a client adds to the counter. */
    COUNT,
    /** place: a client reads the counter with a quorum. */
    TALLY,
    /** place, kind, name, number: a client changes users or roles, as a newer build knows them. */
    USERS,
    /** place, kind, key, value + (expected << 32): a client asks of a key of the v3 API. */
    KV_ASK,
    /** place, value, lease: a client changes several keys of the v3 API at once. */
    KV_GROUP,
    /** place, 0 to 2, lease, seconds: a client grants, renews or revokes a lease. */
    KV_LEASE,
    /** place, back: a client compacts, up to so many revisions ago. */
    KV_COMPACT,
    /**
     * place, key, back, kind: a client watches keys of the v3 API; all or one, from now or back
     * then. Of the kind's bits the first asks for what was before, the next two want no puts and no
     * deletions, and the last takes a range of other keys in place of the one.
     */
    KV_WATCH,
    /** place: the oldest watch of the v3 API there ends. */
    KV_UNWATCH,
    /** place, seed: a client asks something of other keys of the v3 API, of any kind. */
    KV_ANY
}
