package io.larch.engine;

import io.larch.engine.application.Application;
import io.larch.engine.apply.AppliedPosition;
import io.larch.engine.auth.AuthApplication;
import io.larch.engine.codec.AuthCommand;
import io.larch.engine.codec.KeysCommand;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.counter.CounterApplication;
import io.larch.engine.keys.KeysApplication;
import io.larch.engine.keys.Store;
import io.larch.engine.kv.KvApplication;
import io.larch.engine.loop.EngineAgent;
import io.larch.engine.loop.EngineBuilder;
import io.larch.engine.loop.EngineParts;
import io.larch.engine.port.AuthView;
import io.larch.engine.port.ReplyHandler;
import io.larch.engine.port.RequestPort;
import io.larch.engine.raft.ConfState;
import io.larch.engine.raft.RaftCore;
import io.larch.engine.raft.SimRaft;
import io.larch.engine.request.InlinePort;
import io.larch.engine.sim.CheckedKv;
import io.larch.engine.wal.SimWal;
import io.larch.engine.wal.WriteAheadLog;
import java.util.function.Consumer;
import org.agrona.CloseHelper;

/** A whole member for the simulator: the engine's own parts, stepped from outside. */
public final class SimMember {
    private final EngineParts parts;
    private final EngineAgent agent;

    private SimMember(final EngineParts parts) {
        this.parts = parts;
        agent = new EngineAgent(parts);
    }

    /**
     * Recovers a member from its disk.
     *
     * @param isThreaded whether the log is synced beside the engine, by {@link #sync}.
     * @param brokenRule name of a rule of the core to break, or null.
     */
    public static SimMember launch(
            final EngineContext context, final boolean isThreaded, final String brokenRule) {
        return launch(context, isThreaded, brokenRule, position -> {});
    }

    /**
     * As the other.
     *
     * @param onOpened is told, before anything is applied, where it stands.
     */
    public static SimMember launch(
            final EngineContext context,
            final boolean isThreaded,
            final String brokenRule,
            final Consumer<AppliedPosition> onOpened) {
        final SimMember member =
                new SimMember(
                        new EngineBuilder(context.conclude(), () -> {}, isThreaded).recover());
        onOpened.accept(member.parts.applied());
        if (brokenRule != null) {
            SimRaft.breakRule(member.raft(), brokenRule);
        }
        try {
            member.agent.recover();
        } catch (final RuntimeException | Error e) {
            CloseHelper.quietClose(member::close);
            throw e;
        }
        return member;
    }

    /** Makes the limits small, so that they are met. */
    public static EngineContext tune(
            final EngineContext context,
            final long trailingEntries,
            final int inflightMessages,
            final int appendEntries) {
        return context.trailingEntries(trailingEntries)
                .raftTuning(
                        config ->
                                config.maxInflightMessages(inflightMessages)
                                        .maxAppendEntries(appendEntries));
    }

    /** One turn of the engine. */
    public int turn() {
        return agent.doWork();
    }

    /** What the log's threads would do next; returns whether there was something. */
    public boolean sync() {
        return SimWal.syncWork(parts.wal());
    }

    public boolean prepareSegment() {
        return SimWal.poolWork(parts.wal());
    }

    public RequestPort openPort(final ReplyHandler handler) {
        final InlinePort port = new InlinePort(parts.replies().add(handler), agent);
        agent.add(port);
        return port;
    }

    /** Frees what the member holds; in good order if its disk still works. */
    public void close() {
        agent.onClose();
    }

    public RaftCore raft() {
        return parts.raft();
    }

    public WriteAheadLog wal() {
        return parts.wal();
    }

    public Store store() {
        return ((KeysApplication) parts.applications().of(KeysCommand.DOMAIN)).store();
    }

    /** The second application; null where this member is of a build that has none. */
    public CounterApplication counter() {
        return (CounterApplication) parts.applications().of(CounterApplication.DOMAIN);
    }

    /** Users and roles; null where this member is of a build that has none. */
    public AuthView auth() {
        final AuthApplication auth = (AuthApplication) parts.applications().of(AuthCommand.DOMAIN);
        return auth == null ? null : auth.view();
    }

    /** The v3 API; null where this member is of a build that has none. */
    public KvApplication kv() {
        final Application kv = parts.applications().of(KvCommand.DOMAIN);
        return kv instanceof CheckedKv checked ? checked.checked() : (KvApplication) kv;
    }

    public ConfState conf() {
        return parts.raft().conf();
    }

    /** When the engine wants its next turn although nothing arrives. */
    public long nextDeadlineNanos() {
        return agent.nextDeadlineNanos();
    }
}
