package io.larch.engine.raft;

/** Everything heals: there must come one leader, equal members, and a group that works. */
final class SimSettle {
    private static final int LONGEST_ROUNDS = 1500;
    private static final int SHORTEST_ROUNDS = 40;

    private SimSettle() {}

    static void settle(final SimWorld world) {
        heal(world);
        for (int round = 1; round <= LONGEST_ROUNDS; round++) {
            for (final SimMember member : world.members()) {
                world.act(member, SimNode::tick);
            }
            world.deliverAll(SimNetwork.Pattern.ANY, false);
            final SimMember leader = leader(world);
            if (round % 10 == 0 && leader != null) {
                endExplicitPhase(world, leader);
                if (round >= SHORTEST_ROUNDS && isSettled(world, leader)) {
                    checkWorks(world, leader);
                    return;
                }
            }
        }
        if (!isQuorumGone(world)) {
            throw new SimWorld.Broken("does not settle");
        }
    }

    private static void heal(final SimWorld world) {
        world.network().heal();
        world.network().free();
        for (final SimMember member : world.members()) {
            world.start(member);
            member.node().log().free();
            world.act(member, node -> node.clog(packet -> false));
            world.act(member, node -> node.diskManual(false));
            world.act(member, node -> node.holdInstall(false));
            world.act(member, node -> node.holdApply(false));
        }
    }

    private static void endExplicitPhase(final SimWorld world, final SimMember leader) {
        final ConfState conf = leader.core().conf();
        if (conf.isJoint() && !conf.autoLeave()) {
            world.act(leader, node -> node.proposeConfChange(ConfChange.leaveJoint()));
        }
    }

    private static SimMember leader(final SimWorld world) {
        SimMember leader = null;
        for (final SimMember member : world.members()) {
            if (!member.isDown
                    && member.core().isLeader()
                    && (leader == null || member.core().term() > leader.core().term())) {
                leader = member;
            }
        }
        return leader;
    }

    private static boolean isSettled(final SimWorld world, final SimMember leader) {
        final RaftCore core = leader.core();
        if (core.commitIndex() != core.lastIndex() || core.isLeaving() || core.conf().isJoint()) {
            return false;
        }
        for (final long id : core.conf().members()) {
            final SimMember member = world.find(id);
            final boolean isBehind =
                    member == null
                            || member.core().appliedIndex() != core.appliedIndex()
                            || member.core().leaderId() != leader.id()
                            || member.hash() != leader.hash();
            if (isBehind && (member == null || !member.isGone)) {
                return false;
            }
        }
        return true;
    }

    private static void checkWorks(final SimWorld world, final SimMember leader) {
        final long[] index = new long[1];
        world.act(leader, node -> index[0] = node.propose(new byte[] {'z'}));
        world.deliverAll(SimNetwork.Pattern.ANY, false);
        if (index[0] <= 0 || leader.core().appliedIndex() < index[0]) {
            throw new SimWorld.Broken("a settled leader does not work: " + index[0]);
        }
    }

    /** Whether so many disks are lost that nobody can lead, as far as those know that are left. */
    private static boolean isQuorumGone(final SimWorld world) {
        return isMajorityGone(world, newestConf(world, true))
                || isMajorityGone(world, newestConf(world, false));
    }

    private static ConfState newestConf(final SimWorld world, final boolean isOfAll) {
        ConfState conf = ConfState.EMPTY;
        long newest = -1;
        for (final SimMember member : world.members()) {
            if (member.core().appliedIndex() > newest && (isOfAll || !member.hasLostDisk)) {
                newest = member.core().appliedIndex();
                conf = member.core().conf();
            }
        }
        return conf;
    }

    private static boolean isMajorityGone(final SimWorld world, final ConfState conf) {
        return isMajorityGone(world, conf.voters()) || isMajorityGone(world, conf.votersOutgoing());
    }

    private static boolean isMajorityGone(final SimWorld world, final long[] voters) {
        int alive = 0;
        for (final long id : voters) {
            final SimMember voter = world.find(id);
            alive += voter == null || voter.hasLostDisk ? 0 : 1;
        }
        return voters.length > 0 && alive <= voters.length / 2;
    }
}
