package io.larch.engine.raft;

import java.util.List;
import java.util.SplittableRandom;

/** Who cannot reach whom, by id; ids below 64. */
final class SimPartition {
    private final long[] cutFrom = new long[Long.SIZE];
    private final long[] flapping = new long[Long.SIZE];
    private boolean isFlapping;

    boolean isCut(final long from, final long to) {
        return (cutFrom[(int) from] >>> to & 1) != 0;
    }

    /** Another state of the network: whole, split, one-way, with a bridge, or one link gone. */
    void draw(final List<SimMember> members, final SplittableRandom random) {
        if (isFlapping && random.nextInt(4) > 0) {
            for (int i = 0; i < Long.SIZE; i++) {
                final long cut = cutFrom[i];
                cutFrom[i] = flapping[i];
                flapping[i] = cut;
            }
            return;
        }
        java.util.Arrays.fill(cutFrom, 0);
        java.util.Arrays.fill(flapping, 0);
        isFlapping = random.nextInt(3) == 0;
        final long side = random.nextLong();
        switch (random.nextInt(6)) {
            case 0, 1 -> split(members, side, -1, true);
            case 2 -> split(members, side, -1, false);
            case 3 -> split(members, side, any(members, random), true);
            case 4 -> cutFrom[(int) any(members, random)] |= 1L << any(members, random);
            default -> {
                // Whole.
            }
        }
    }

    private static long any(final List<SimMember> members, final SplittableRandom random) {
        return members.get(random.nextInt(members.size())).id();
    }

    private void split(
            final List<SimMember> members,
            final long side,
            final long bridge,
            final boolean isBothWays) {
        for (final SimMember from : members) {
            for (final SimMember to : members) {
                final boolean isFromThere = (side >>> from.id() & 1) != 0;
                final boolean isToThere = (side >>> to.id() & 1) != 0;
                if (isFromThere != isToThere
                        && from.id() != bridge
                        && to.id() != bridge
                        && (isBothWays || isToThere)) {
                    cutFrom[(int) from.id()] |= 1L << to.id();
                }
            }
        }
    }
}
