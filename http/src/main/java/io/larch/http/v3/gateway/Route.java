package io.larch.http.v3.gateway;

import java.util.HashMap;
import java.util.Map;

/**
 * Where a method is in the gateway, and what its messages are. All are asked by POST.
 *
 * @param method as gRPC has it: {@code /package.Service/Method}.
 */
public record Route(String method, MessageType request, MessageType answer) {
    private static final String CURRENT = "/v3/";
    private static final String BETA = "/v3beta/";
    private static final String WATCH = "/etcdserverpb.Watch/Watch";
    private static final Map<String, Route> ROUTES = new HashMap<>();

    static {
        final String kv = "/etcdserverpb.KV/";
        at("kv/range", kv + "Range", Messages.RANGE, Messages.RANGE_ANSWER);
        at("kv/put", kv + "Put", Messages.PUT, Messages.PUT_ANSWER);
        at(
                "kv/deleterange",
                kv + "DeleteRange",
                Messages.DELETE_RANGE,
                Messages.DELETE_RANGE_ANSWER);
        at("kv/txn", kv + "Txn", Messages.TXN, Messages.TXN_ANSWER);
        at("kv/compaction", kv + "Compact", Messages.COMPACT, Messages.HEADER_ONLY);
        at("watch", WATCH, Messages.WATCH, Messages.WATCH_ANSWER);
        leases();
        cluster();
        maintenance();
        toCome();
    }

    private static void leases() {
        final String lease = "/etcdserverpb.Lease/Lease";
        at("lease/grant", lease + "Grant", Messages.LEASE_GRANT, Messages.LEASE_GRANT_ANSWER);
        at(
                "lease/keepalive",
                lease + "KeepAlive",
                Messages.LEASE_ID,
                Messages.LEASE_KEEP_ALIVE_ANSWER);
        for (final String prefix : new String[] {"", "kv/"}) {
            at(prefix + "lease/revoke", lease + "Revoke", Messages.LEASE_ID, Messages.HEADER_ONLY);
            at(
                    prefix + "lease/timetolive",
                    lease + "TimeToLive",
                    Messages.LEASE_TIME_TO_LIVE,
                    Messages.LEASE_TIME_TO_LIVE_ANSWER);
            at(prefix + "lease/leases", lease + "Leases", Messages.EMPTY, Messages.LEASES_ANSWER);
        }
    }

    private static void cluster() {
        final String cluster = "/etcdserverpb.Cluster/Member";
        final MessageType members = Messages.MEMBERS_ANSWER;
        at("cluster/member/add", cluster + "Add", Messages.MEMBER_ADD, Messages.MEMBER_ADD_ANSWER);
        at("cluster/member/remove", cluster + "Remove", Messages.MEMBER_ID, members);
        at("cluster/member/update", cluster + "Update", Messages.MEMBER_UPDATE, members);
        at("cluster/member/promote", cluster + "Promote", Messages.MEMBER_ID, members);
        at("cluster/member/list", cluster + "List", Messages.MEMBER_LIST, members);
    }

    private static void maintenance() {
        final String maintenance = "/etcdserverpb.Maintenance/";
        final String path = "maintenance/";
        at(path + "alarm", maintenance + "Alarm", Messages.ALARM_REQUEST, Messages.ALARM_ANSWER);
        at(path + "status", maintenance + "Status", Messages.EMPTY, Messages.STATUS_ANSWER);
        at(path + "hash", maintenance + "Hash", Messages.EMPTY, Messages.HASH_ANSWER);
        at(path + "hashkv", maintenance + "HashKV", Messages.HASH_KV, Messages.HASH_KV_ANSWER);
        at(path + "defragment", maintenance + "Defragment", Messages.EMPTY, Messages.HEADER_ONLY);
        at(path + "snapshot", maintenance + "Snapshot", Messages.EMPTY, Messages.SNAPSHOT_ANSWER);
        at(
                path + "transfer-leadership",
                maintenance + "MoveLeader",
                Messages.MOVE_LEADER,
                Messages.HEADER_ONLY);
    }

    /** Methods that refuse whatever they are asked. */
    private static void toCome() {
        refusing("maintenance/downgrade", "/etcdserverpb.Maintenance/Downgrade");
        final String auth = "/etcdserverpb.Auth/";
        refusing("auth/enable", auth + "AuthEnable");
        refusing("auth/disable", auth + "AuthDisable");
        refusing("auth/status", auth + "AuthStatus");
        refusing("auth/authenticate", auth + "Authenticate");
        refusing("auth/user/add", auth + "UserAdd");
        refusing("auth/user/get", auth + "UserGet");
        refusing("auth/user/list", auth + "UserList");
        refusing("auth/user/delete", auth + "UserDelete");
        refusing("auth/user/changepw", auth + "UserChangePassword");
        refusing("auth/user/grant", auth + "UserGrantRole");
        refusing("auth/user/revoke", auth + "UserRevokeRole");
        refusing("auth/role/add", auth + "RoleAdd");
        refusing("auth/role/get", auth + "RoleGet");
        refusing("auth/role/list", auth + "RoleList");
        refusing("auth/role/delete", auth + "RoleDelete");
        refusing("auth/role/grant", auth + "RoleGrantPermission");
        refusing("auth/role/revoke", auth + "RoleRevokePermission");
        refusing("lock/lock", "/v3lockpb.Lock/Lock");
        refusing("lock/unlock", "/v3lockpb.Lock/Unlock");
        final String election = "/v3electionpb.Election/";
        refusing("election/campaign", election + "Campaign");
        refusing("election/proclaim", election + "Proclaim");
        refusing("election/leader", election + "Leader");
        refusing("election/observe", election + "Observe");
        refusing("election/resign", election + "Resign");
    }

    private static void refusing(final String path, final String method) {
        at(path, method, Messages.EMPTY, Messages.HEADER_ONLY);
    }

    private static void at(
            final String path,
            final String method,
            final MessageType request,
            final MessageType answer) {
        ROUTES.put(path, new Route(method, request, answer));
    }

    /** Whether a call goes on until its client ends it. */
    public boolean isEndless() {
        return method.equals(WATCH);
    }

    /** Whether a path is below those of the gateway. */
    public static boolean isBelow(final String path) {
        return path.startsWith(CURRENT) || path.startsWith(BETA);
    }

    /** The method at a path; null when there is none. */
    public static Route at(final String path) {
        if (path.startsWith(CURRENT)) {
            return ROUTES.get(path.substring(CURRENT.length()));
        }
        return path.startsWith(BETA) ? ROUTES.get(path.substring(BETA.length())) : null;
    }
}
