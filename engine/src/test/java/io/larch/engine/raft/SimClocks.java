package io.larch.engine.raft;

import io.larch.engine.raft.SimActions.Op;
import java.util.SplittableRandom;

/**
 * The members' clocks. Steady ones differ by a few percent, as a lease allows; others tick when
 * chance will have it. A paused member does nothing until its clock has gone on without it.
 */
final class SimClocks {
    private static final int UNIT = 1000;

    private final boolean isSteady;
    private final SplittableRandom random;
    private final long[] rates = new long[Long.SIZE];
    private final long[] ticks = new long[Long.SIZE];
    private final long[] starts = new long[Long.SIZE];
    private final long[] missed = new long[Long.SIZE];
    private long paused;
    private long time;

    SimClocks(final boolean isSteady, final SplittableRandom random) {
        this.isSteady = isSteady;
        this.random = random;
    }

    void add(final long id) {
        rates[(int) id] = UNIT - 20 + random.nextInt(41);
        starts[(int) id] = time - random.nextInt(UNIT);
        ticks[(int) id] = 0;
    }

    boolean isPaused(final long id) {
        return (paused >>> id & 1) != 0;
    }

    void pause(final long id) {
        paused |= 1L << id;
    }

    /**
     * Time goes on.
     *
     * @return how many members did something.
     */
    int advance(final SimWorld world, final SimActions actions) {
        return isSteady ? advanceAll(world, actions) : tickAny(world, actions);
    }

    private int tickAny(final SimWorld world, final SimActions actions) {
        final SimMember member = world.members().get(random.nextInt(world.members().size()));
        return tick(member, 1, world, actions);
    }

    private int advanceAll(final SimWorld world, final SimActions actions) {
        time += random.nextInt(UNIT / 4);
        int count = 0;
        for (int i = 0; i < world.members().size(); i++) {
            final SimMember member = world.members().get(i);
            final int id = (int) member.id();
            final long due = (time - starts[id]) * rates[id] / (UNIT * UNIT) - ticks[id];
            if (due > 0) {
                ticks[id] += due;
                count += tick(member, due, world, actions);
            }
        }
        return count;
    }

    private int tick(
            final SimMember member,
            final long due,
            final SimWorld world,
            final SimActions actions) {
        final int id = (int) member.id();
        if (member.isDown) {
            paused &= ~(1L << id);
            missed[id] = 0;
            return 0;
        }
        missed[id] += due;
        if (isPaused(id)) {
            if (random.nextInt(16) > 0) {
                return 0;
            }
            paused &= ~(1L << id);
        }
        final long elapsed = missed[id];
        missed[id] = 0;
        if (elapsed == 1) {
            actions.add(Op.TICK, id, 0, 0);
            world.act(member, SimNode::tick);
        } else {
            actions.add(Op.GAP, id, 0, elapsed);
            world.act(member, node -> node.gap(elapsed));
        }
        return 1;
    }
}
