package io.larch.http.v3.service;

import io.larch.engine.codec.kv.KvCommand;
import io.larch.http.engine.EngineAccess;
import io.larch.http.v3.rpc.CallTimers;
import io.larch.http.v3.rpc.RpcCall;
import io.larch.http.v3.rpc.RpcHandler;
import io.larch.http.v3.rpc.RpcMethod;
import io.larch.http.v3.rpc.StatusCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/** All methods of etcd's v3 API, for one event loop. */
public final class Services {
    private static final String PACKAGE = "/etcdserverpb.";
    private static final List<String> AUTH =
            List.of(
                    "AuthEnable",
                    "AuthDisable",
                    "AuthStatus",
                    "UserAdd",
                    "UserGet",
                    "UserList",
                    "UserDelete",
                    "UserChangePassword",
                    "UserGrantRole",
                    "UserRevokeRole",
                    "RoleAdd",
                    "RoleGet",
                    "RoleList",
                    "RoleDelete",
                    "RoleGrantPermission",
                    "RoleRevokePermission");

    /** A range is refused later unless it is serializable. */
    private static final List<String> OF_LEARNERS =
            List.of(PACKAGE + "KV/Range", PACKAGE + "Maintenance/Status");

    private final List<RpcMethod> methods = new ArrayList<>();
    private final ServiceLoop loop;
    private final boolean hasPeerTls;

    /**
     * @param engine the loop's way into the engine.
     * @param hasPeerTls whether members at https URLs could be reached.
     */
    public Services(
            final ServiceSettings settings,
            final EngineAccess engine,
            final CallTimers timers,
            final boolean hasPeerTls) {
        this.loop = new ServiceLoop(settings, engine, timers);
        this.hasPeerTls = hasPeerTls;
        addKeys();
        final LeaderWatch leaders = new LeaderWatch(loop);
        methods.add(
                RpcMethod.streaming(
                        PACKAGE + "Watch/Watch", call -> WatchStream.start(loop, call, leaders)));
        addLeases(leaders);
        addCluster();
        addMaintenance();
        final HealthWatch health = new HealthWatch(loop);
        methods.add(
                RpcMethod.unary(
                        "/grpc.health.v1.Health/Check", call -> new HealthCall(loop, call, null)));
        methods.add(
                RpcMethod.serverStreaming(
                        "/grpc.health.v1.Health/Watch",
                        call -> new HealthCall(loop, call, health)));
        addWhatIsToCome();
    }

    /** In no order. */
    public List<RpcMethod> methods() {
        return methods.stream().map(this::forVoters).toList();
    }

    /**
     * A learner answers little, as in etcd 3.4: how it is, and what is in it for who does not mind
     * that it may be late.
     */
    private RpcMethod forVoters(final RpcMethod method) {
        if (OF_LEARNERS.contains(method.path())) {
            return method;
        }
        return new RpcMethod(
                method.path(),
                method.isClientStreaming(),
                method.isServerStreaming(),
                call ->
                        loop.settings().standing().isLearner()
                                ? new RefusedCall(loop, call, Refusal.LEARNER)
                                : method.starter().apply(call));
    }

    private void addKeys() {
        command("KV/Range", new KvRequests.Range(loop));
        methods.add(
                RpcMethod.serverStreaming(
                        PACKAGE + "KV/RangeStream", call -> new RangeStreamCall(loop, call)));
        command("KV/Put", new KvRequests.Put());
        command("KV/DeleteRange", new KvRequests.DeleteRange());
        command("KV/Txn", new TxnRequest(loop.settings()));
        unary("KV/Compact", CompactCall::new);
    }

    private void addLeases(final LeaderWatch leaders) {
        command("Lease/LeaseGrant", new KvRequests.LeaseGrant(loop));
        command("Lease/LeaseRevoke", new KvRequests.Plain(KvCommand.LEASE_REVOKE, 0));
        command("Lease/LeaseTimeToLive", new KvRequests.Plain(KvCommand.LEASE_TIME_TO_LIVE, 0));
        command("Lease/LeaseLeases", new KvRequests.Plain(KvCommand.LEASE_LIST, 0));
        final KeepAlives keepAlives = new KeepAlives(loop);
        methods.add(
                RpcMethod.streaming(
                        PACKAGE + "Lease/LeaseKeepAlive",
                        call -> new KeepAliveStream(loop, call, keepAlives, leaders)));
    }

    private void addCluster() {
        cluster("MemberAdd", ClusterCall.Kind.ADD);
        cluster("MemberRemove", ClusterCall.Kind.REMOVE);
        cluster("MemberUpdate", ClusterCall.Kind.UPDATE);
        cluster("MemberPromote", ClusterCall.Kind.PROMOTE);
        cluster("MemberList", ClusterCall.Kind.LIST);
    }

    private void addMaintenance() {
        command("Maintenance/Alarm", new KvRequests.Alarm(loop));
        command("Maintenance/Hash", new KvRequests.Plain(KvCommand.HASH, 0));
        command("Maintenance/HashKV", new KvRequests.Plain(KvCommand.HASH_KV, 0));
        unary("Maintenance/Status", StatusCall::new);
        unary("Maintenance/MoveLeader", MoveLeaderCall::new);
        // There is nothing to defragment.
        unary("Maintenance/Defragment", (loop, call) -> new RefusedCall(loop, call, null));
    }

    /** Clients are told in clear words; an unknown method would look like an older server. */
    private void addWhatIsToCome() {
        AUTH.forEach(name -> refuse(PACKAGE + "Auth/" + name, false, "users and roles of v3"));
        // Who brings a name and a password goes on without them.
        unary(
                "Auth/Authenticate",
                (loop, call) -> new RefusedCall(loop, call, Refusal.AUTH_NOT_ENABLED));
        refuse(PACKAGE + "Maintenance/Snapshot", true, "Maintenance.Snapshot");
        refuse(PACKAGE + "Maintenance/Downgrade", false, "Maintenance.Downgrade");
        for (final String name : List.of("Lock", "Unlock")) {
            refuse("/v3lockpb.Lock/" + name, false, "the Lock service");
        }
        for (final String name : List.of("Campaign", "Proclaim", "Leader", "Resign")) {
            refuse("/v3electionpb.Election/" + name, false, "the Election service");
        }
        refuse("/v3electionpb.Election/Observe", true, "the Election service");
    }

    private void refuse(final String path, final boolean isStreaming, final String what) {
        final Refusal refusal =
                new Refusal(
                        StatusCode.UNIMPLEMENTED,
                        "etcdserver: " + what + " is not implemented yet");
        final Function<RpcCall, RpcHandler> starter = call -> new RefusedCall(loop, call, refusal);
        methods.add(new RpcMethod(path, false, isStreaming, starter));
    }

    private void command(final String path, final EngineRequest request) {
        methods.add(RpcMethod.unary(PACKAGE + path, call -> new EngineCall(loop, call, request)));
    }

    private void cluster(final String name, final ClusterCall.Kind kind) {
        unary("Cluster/" + name, (loop, call) -> new ClusterCall(loop, call, kind, hasPeerTls));
    }

    private void unary(
            final String path, final BiFunction<ServiceLoop, RpcCall, RpcHandler> starter) {
        methods.add(RpcMethod.unary(PACKAGE + path, call -> starter.apply(loop, call)));
    }
}
