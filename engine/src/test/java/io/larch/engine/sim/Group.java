package io.larch.engine.sim;

import io.larch.engine.raft.ConfState;
import java.util.ArrayList;
import java.util.List;

/** Where members live, and what shows only when one looks at all of them. */
final class Group {
    private static final long NANOS_PER_MS = 1_000_000L;
    private static final long MEMBER_ID_BASE = 0x100;

    private final List<Place> places = new ArrayList<>();
    private final Truth truth;
    private final int founders;

    /**
     * @param founders how many members there are at first.
     */
    Group(final int founders, final Truth truth) {
        this.founders = founders;
        this.truth = truth;
        for (int i = 0; i < founders; i++) {
            final Place place = add();
            place.memberId = MEMBER_ID_BASE + i;
            place.isFounder = true;
        }
    }

    /** One more place. */
    Place add() {
        final int number = places.size();
        final Place place = new Place(number, new LogCheck(truth, this::isDurable, number));
        // Clocks of different machines have nothing in common.
        place.clock.pass(number * 1_234_567L);
        place.clock.jump(number * 50 * NANOS_PER_MS);
        places.add(place);
        return place;
    }

    List<Place> places() {
        return places;
    }

    int size() {
        return places.size();
    }

    Place place(final int number) {
        return places.get(number);
    }

    static String url(final int number) {
        return "http://127.0.0.1:" + (10_000 + number);
    }

    int placeOf(final long memberId) {
        for (final Place place : places) {
            if (place.memberId == memberId) {
                return place.number;
            }
        }
        return -1;
    }

    /** Who leads in the highest term; null when nobody does. */
    Place leader() {
        Place leader = null;
        for (final Place place : places) {
            if (place.isUp()
                    && place.member.raft().isLeader()
                    && (leader == null
                            || place.member.raft().term() > leader.member.raft().term())) {
                leader = place;
            }
        }
        return leader;
    }

    /** Whether an entry is durable on a quorum, both halves of a joint membership counted. */
    boolean isDurable(final ConfState conf, final long index, final long term) {
        // The first members write the first entries each for itself, as if they had agreed.
        return index <= founders
                || isDurable(conf.voters(), index, term)
                        && (!conf.isJoint() || isDurable(conf.votersOutgoing(), index, term));
    }

    private boolean isDurable(final long[] voters, final long index, final long term) {
        int count = 0;
        for (final long voter : voters) {
            final int number = placeOf(voter);
            if (number >= 0 && places.get(number).check.holds(index, term)) {
                count++;
            }
        }
        return count > voters.length / 2;
    }
}
