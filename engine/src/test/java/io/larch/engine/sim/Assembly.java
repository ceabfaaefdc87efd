package io.larch.engine.sim;

import io.larch.engine.EngineContext;
import io.larch.engine.SimMember;
import io.larch.engine.application.ApplicationFactory;
import io.larch.engine.auth.AuthApplication;
import io.larch.engine.counter.CounterApplication;
import io.larch.engine.kv.KvContext;
import io.larch.engine.kv.watch.WatchLimits;
import io.larch.engine.member.FeatureLevel;
import io.larch.engine.member.Member;
import io.larch.engine.port.AuthViews;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Puts members together: what they are configured with, and which applications they have. */
final class Assembly {
    /** So little that most transactions are told in parts. */
    private static final WatchLimits WATCH_LIMITS = new WatchLimits(2, 3000, 3, 1000);

    private static final long CLUSTER_ID = 0x1a5c;
    private static final int HEARTBEATS_PER_ELECTION = 10;

    /** Of the v3 API, where there is little room. */
    private static final long HISTORY_NANOS = 1_000_000_000L;

    private final Setting setting;
    private final Group group;
    private final KvTruth kvTruth;
    private final Breach breach;

    Assembly(final Setting setting, final Group group, final KvTruth kvTruth, final Breach breach) {
        this.breach = breach;
        this.setting = setting;
        this.group = group;
        this.kvTruth = kvTruth;
    }

    /** All that a member at a place is told before it starts. */
    EngineContext context(final Place place) {
        return SimMember.tune(
                newContext(place), setting.trailing(), setting.window(), setting.batch());
    }

    private EngineContext newContext(final Place place) {
        return settings(place)
                .memberId(place.memberId)
                .clusterId(CLUSTER_ID)
                .name("m" + place.number)
                .peerUrls(List.of(Group.url(place.number)))
                .clientUrls(List.of(Group.url(place.number)))
                .memberDir(Path.of("m" + place.number))
                .walFiles(place.walFiles)
                .snapFiles(place.snapFiles)
                .snapshotExecutor(place.tasks::add)
                .walSegmentBytes(setting.segmentBytes())
                .walMapped(setting.isMapped(place.number))
                .heartbeatIntervalMs(setting.heartbeatMs())
                .electionTimeoutMs(HEARTBEATS_PER_ELECTION * setting.heartbeatMs())
                .snapshotCount(setting.snapshotCount())
                .eventHistory(setting.eventHistory())
                .maxNodes(10_000)
                .maxBytes(64 << 20)
                .founders(founders(place))
                .joining(!place.isFounder)
                .transport(place.transport)
                .nanoTime(place.clock.monotonic())
                .epochNanos(place.clock.wall());
    }

    /** Which applications a member has, and what it says of that. */
    private EngineContext settings(final Place place) {
        final List<ApplicationFactory> applications = new ArrayList<>();
        if (place.isNewer || setting.hasRevisions()) {
            applications.add(AuthApplication.publishingTo(new AuthViews()));
        }
        if (setting.hasRevisions()) {
            applications.add(
                    CheckedKv.of(
                            kvContext(place),
                            kvTruth,
                            place.number,
                            () -> place.applied.index(),
                            breach));
        }
        if (place.isNewer) {
            applications.add(CounterApplication::create);
        }
        final EngineContext context = new EngineContext().applications(applications);
        if (place.isNewer) {
            return context.featureLevel(CounterApplication.FEATURE_LEVEL);
        }
        return knowsHeldLearners(place) || breach.isOfLevels()
                ? context.featureLevel(FeatureLevel.HELD_LEARNERS)
                : context;
    }

    /** Whether a member at a place is of a build that knows of learners that are held. */
    boolean knowsHeldLearners(final Place place) {
        return place.isNewer || setting.hasRevisions();
    }

    /** Of a member that joins: whom it was told about when it was added. */
    private List<Member> founders(final Place joining) {
        if (!joining.isFounder) {
            return joining.toldMembers;
        }
        final List<Member> founders = new ArrayList<>();
        for (final Place place : group.places()) {
            if (place.isFounder) {
                founders.add(
                        new Member(
                                place.memberId, "", List.of(Group.url(place.number)), List.of()));
            }
        }
        return founders;
    }

    /** Where there is little room, history is compacted by itself, too. */
    private KvContext kvContext(final Place place) {
        return new KvContext()
                .memberId(() -> place.memberId)
                .watchLimits(WATCH_LIMITS)
                .quotaBackendBytes(setting.quotaBytes())
                .autoCompaction(
                        KvContext.CompactionMode.PERIODIC,
                        setting.quotaBytes() == 0 ? 0 : HISTORY_NANOS);
    }
}
