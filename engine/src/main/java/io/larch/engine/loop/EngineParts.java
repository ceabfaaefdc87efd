package io.larch.engine.loop;

import io.larch.engine.EngineContext;
import io.larch.engine.EngineLog;
import io.larch.engine.application.Applications;
import io.larch.engine.apply.AppliedPosition;
import io.larch.engine.apply.ClusterClock;
import io.larch.engine.apply.StateMachine;
import io.larch.engine.member.ClusterState;
import io.larch.engine.member.LeaderInfo;
import io.larch.engine.member.LocalMember;
import io.larch.engine.member.RemovalShutdown;
import io.larch.engine.peer.Peers;
import io.larch.engine.raft.RaftCore;
import io.larch.engine.request.LongReads;
import io.larch.engine.request.MemberPublisher;
import io.larch.engine.request.Proposals;
import io.larch.engine.request.ReplyRouter;
import io.larch.engine.request.RequestHandler;
import io.larch.engine.snapshot.SnapshotInstaller;
import io.larch.engine.snapshot.SnapshotScheduler;
import io.larch.engine.stats.EngineStats;
import io.larch.engine.wal.WriteAheadLog;

/**
 * What a recovered member consists of, on the way from {@link EngineBuilder} to {@link
 * EngineAgent}.
 */
public record EngineParts(
        EngineContext context,
        RaftCore raft,
        WriteAheadLog wal,
        Applications applications,
        ClusterState cluster,
        ClusterClock clock,
        StateMachine stateMachine,
        Proposals proposals,
        RequestHandler requests,
        LongReads longReads,
        Peers peers,
        SnapshotScheduler snapshots,
        SnapshotInstaller installation,
        LocalMember meta,
        RemovalShutdown departure,
        AppliedPosition applied,
        LeaderInfo leadership,
        MemberPublisher publication,
        Durability durability,
        EngineStats stats,
        ReplyRouter replies,
        EngineLog log) {}
