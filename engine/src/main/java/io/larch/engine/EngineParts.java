package io.larch.engine;

import io.larch.engine.raft.RaftCore;
import io.larch.engine.store.Store;
import io.larch.engine.wal.WriteAheadLog;

/** What a recovered member consists of, on the way from {@link Recovery} to {@link EngineAgent}. */
record EngineParts(
        EngineContext context,
        RaftCore raft,
        WriteAheadLog wal,
        Store store,
        ClusterClock clock,
        StateMachine stateMachine,
        Proposals proposals,
        RequestDesk requests,
        LongReads longReads,
        Peers peers,
        SnapshotSchedule snapshots,
        SnapshotInstallation installation,
        MemberMeta meta,
        Departure departure,
        AppliedPosition applied,
        Leadership leadership,
        Publication publication,
        Durability durability,
        EngineStats stats,
        ReplyPorts replies,
        EngineLog log) {}
