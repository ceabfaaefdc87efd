package io.larch.engine.sim;

import io.larch.engine.MemberRemovedException;
import io.larch.engine.SimMember;
import io.larch.engine.apply.UnknownCommandException;
import io.larch.engine.member.Member;
import io.larch.engine.port.AuthView;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.engine.snapshot.UnknownSectionException;
import io.larch.engine.wal.WalException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The processes of members: starts them, does things with them, each followed by all that is to be
 * checked of the member then, and sees to their ends.
 */
final class Processes {
    private final Group group;
    private final Assembly assembly;
    private final SimNetwork network;
    private final Setting setting;
    private final Breach breach;
    private final Judges judges;
    private final LongSupplier step;
    private long answersDigest;

    /**
     * @param breach of a rule, by all members.
     * @param step tells the number of the action that is done.
     */
    Processes(
            final Group group,
            final Assembly assembly,
            final SimNetwork network,
            final Setting setting,
            final Breach breach,
            final Judges judges,
            final LongSupplier step) {
        this.group = group;
        this.assembly = assembly;
        this.network = network;
        this.setting = setting;
        this.breach = breach;
        this.judges = judges;
        this.step = step;
    }

    /** Depends on all that was answered by processes that have ended. */
    long answersDigest() {
        return answersDigest;
    }

    /** Starts a process where there is none and may be one. */
    void start(final Place place) {
        if (place.isUp() || place.isGone) {
            return;
        }
        if (place.memberId == 0 && !findId(place)) {
            return;
        }
        place.power.on();
        place.disk.restart();
        place.transport =
                new SimTransport(
                        network,
                        place.number,
                        place.power,
                        place.clock,
                        group::placeOf,
                        message -> place.check.onSent(place.member, message));
        place.edge = new CheckedEdge(place.number, judges, step, place.clock);
        final SimMember started;
        try {
            started =
                    SimMember.launch(
                            assembly.context(place),
                            setting.isThreaded(place.number),
                            breach.ofCore(),
                            position -> place.applied = position);
        } catch (final MemberRemovedException removed) {
            place.transport.close();
            throw removed;
        } catch (final RuntimeException refusal) {
            place.transport.close();
            if (!place.isDamaged) {
                throw refusal;
            }
            // Damage was noticed: that is all one can ask for.
            place.isGone = true;
            return;
        }
        place.member = started;
        place.hasRun = true;
        place.edge.port(started.openPort(place.edge));
        place.check.onStart(started);
        place.isDamaged = false;
    }

    /** A turn of the engine, unless the process is paused. */
    void turn(final Place place) {
        if (place.isPaused) {
            return;
        }
        guard(place, each -> each.member.turn());
    }

    /** Does something with a member, checks what came of it, and sees to its end if it ends. */
    void guard(final Place place, final Consumer<Place> deed) {
        if (!place.isUp() && place.isGone) {
            return;
        }
        try {
            deed.accept(place);
            if (place.isUp()) {
                if (place.power.isOff()) {
                    // The member took it for a failure of its own, to be told later.
                    throw new SimCrash();
                }
                place.check.after(place.member);
                look(place);
            }
        } catch (final SimCrash crash) {
            if (place.isUp()) {
                place.check.onCrash(place.member);
                end(place);
            }
            place.loseUnsynced();
        } catch (final Violation violation) {
            throw violation;
        } catch (final MemberRemovedException removed) {
            if (place.isUp()) {
                place.check.onCrash(place.member);
                end(place);
            }
            place.isGone = true;
            place.isRemoved = true;
        } catch (final RuntimeException | Error failure) {
            fail(place, failure);
        }
    }

    private void look(final Place place) {
        final AuthView view = place.member.auth();
        if (view != null && view != place.seen) {
            place.seen = view;
            judges.auth().see(place.number, view);
        }
        if (place.member.conf().held().length > 0 && !assembly.knowsHeldLearners(place)) {
            throw new OlderBuildStops("learners that are held: " + place.member.conf());
        }
        if (place.member.kv() != null) {
            place.edge.kv().check(place.member.kv());
        }
    }

    /** The member stopped by itself, for a reason, one hopes. */
    private void fail(final Place place, final Throwable failure) {
        final boolean isExplained =
                place.disk.hasFailed()
                        || isTooOld(place, failure)
                        || place.disk.isLimited() && failure instanceof WalException;
        if (!isExplained) {
            throw new Violation(
                    "no unexpected end", "member " + place.number + " stops: " + failure, failure);
        }
        if (place.isUp()) {
            place.check.onCrash(place.member);
            end(place);
        }
        place.loseUnsynced(step.getAsLong());
    }

    /** One that joins may be of a build that the others have left behind: it says so and stops. */
    private static boolean isTooOld(final Place place, final Throwable failure) {
        return (failure instanceof UnknownCommandException
                        || failure instanceof UnknownSectionException
                        || failure instanceof OlderBuildStops)
                && !place.isFounder
                && !place.isNewer;
    }

    private void end(final Place place) {
        place.isPaused = false;
        answersDigest = answersDigest * 31 + place.edge.digest();
        place.loseProcess();
        place.transport = null;
        place.edge = null;
        network.endLife(place.number);
    }

    void crash(final Place place, final long seed) {
        place.check.onCrash(place.member);
        end(place);
        place.loseUnsynced(seed);
    }

    void kill(final Place place) {
        place.check.onCrash(place.member);
        end(place);
    }

    void flip(final Place place, final long seed) {
        if (place.hasRun && place.disk.flip(new SplittableRandom(seed)) != null) {
            place.isDamaged = true;
        }
    }

    void wipe(final Place place) {
        place.disk.wipe();
        place.isGone = true;
    }

    /** Looks whether any member knows one at the URL of this place; takes the newest word on it. */
    private boolean findId(final Place joining) {
        long newest = -1;
        for (final Place place : group.places()) {
            if (!place.isUp() || place.member.raft().appliedIndex() <= newest) {
                continue;
            }
            final List<QueryViews.Member> members = members(place);
            for (final QueryViews.Member each : members) {
                if (each.peerUrls().contains(Group.url(joining.number))) {
                    newest = place.member.raft().appliedIndex();
                    joining.memberId = each.id();
                    joining.toldMembers = members.stream().map(Processes::asMember).toList();
                }
            }
        }
        return joining.memberId != 0;
    }

    private static Member asMember(final QueryViews.Member member) {
        return new Member(member.id(), member.name(), member.peerUrls(), member.clientUrls());
    }

    /**
     * Whom a member knows. One that has failed says nothing any more, and ends by its next turn.
     */
    private List<QueryViews.Member> members(final Place place) {
        final List<QueryViews.Cluster> answers =
                place.edge.askLater(Query.Kind.CLUSTER, QueryViews.Cluster.class);
        if (!answers.isEmpty()) {
            return answers.get(0).members();
        }
        if (!place.isPaused) {
            turn(place);
            if (place.isUp()) {
                throw new Violation(
                        "questions are answered", "member " + place.number + " does not answer");
            }
        }
        return List.of();
    }
}
