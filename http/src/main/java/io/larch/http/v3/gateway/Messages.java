package io.larch.http.v3.gateway;

import java.util.List;

/** The messages of etcd's v3 API that the gateway speaks, by the numbers and names of etcd 3.7. */
final class Messages {
    private static final List<String> SORT_ORDER = List.of("NONE", "ASCEND", "DESCEND");
    private static final List<String> SORT_TARGET =
            List.of("KEY", "VERSION", "CREATE", "MOD", "VALUE");
    private static final List<String> COMPARE_RESULT =
            List.of("EQUAL", "GREATER", "LESS", "NOT_EQUAL");
    private static final List<String> COMPARE_TARGET =
            List.of("VERSION", "CREATE", "MOD", "VALUE", "LEASE");
    private static final List<String> EVENT_TYPE = List.of("PUT", "DELETE");
    private static final List<String> FILTER = List.of("NOPUT", "NODELETE");
    private static final List<String> ALARM = List.of("NONE", "NOSPACE", "CORRUPT");
    private static final List<String> ALARM_ACTION = List.of("GET", "ACTIVATE", "DEACTIVATE");

    /** A message of whose fields none is looked at. */
    static final MessageType EMPTY = new MessageType();

    private static final MessageType HEADER =
            new MessageType()
                    .uint64(1, "cluster_id")
                    .uint64(2, "member_id")
                    .int64(3, "revision")
                    .uint64(4, "raft_term");

    static final MessageType HEADER_ONLY = answer();

    private static final MessageType KEY_VALUE =
            new MessageType()
                    .bytes(1, "key")
                    .int64(2, "create_revision")
                    .int64(3, "mod_revision")
                    .int64(4, "version")
                    .bytes(5, "value")
                    .int64(6, "lease");

    private static final MessageType EVENT =
            new MessageType()
                    .enumeration(1, "type", EVENT_TYPE)
                    .message(2, "kv", KEY_VALUE)
                    .message(3, "prev_kv", KEY_VALUE);

    // --- KV ---

    static final MessageType RANGE =
            new MessageType()
                    .bytes(1, "key")
                    .bytes(2, "range_end")
                    .int64(3, "limit")
                    .int64(4, "revision")
                    .enumeration(5, "sort_order", SORT_ORDER)
                    .enumeration(6, "sort_target", SORT_TARGET)
                    .bool(7, "serializable")
                    .bool(8, "keys_only")
                    .bool(9, "count_only")
                    .int64(10, "min_mod_revision")
                    .int64(11, "max_mod_revision")
                    .int64(12, "min_create_revision")
                    .int64(13, "max_create_revision");

    static final MessageType RANGE_ANSWER =
            answer().messages(2, "kvs", KEY_VALUE).bool(3, "more").int64(4, "count");

    static final MessageType PUT =
            new MessageType()
                    .bytes(1, "key")
                    .bytes(2, "value")
                    .int64(3, "lease")
                    .bool(4, "prev_kv")
                    .bool(5, "ignore_value")
                    .bool(6, "ignore_lease");

    static final MessageType PUT_ANSWER = answer().message(2, "prev_kv", KEY_VALUE);

    static final MessageType DELETE_RANGE =
            new MessageType().bytes(1, "key").bytes(2, "range_end").bool(3, "prev_kv");

    static final MessageType DELETE_RANGE_ANSWER =
            answer().int64(2, "deleted").messages(3, "prev_kvs", KEY_VALUE);

    private static final MessageType COMPARE =
            new MessageType()
                    .enumeration(1, "result", COMPARE_RESULT)
                    .enumeration(2, "target", COMPARE_TARGET)
                    .bytes(3, "key")
                    .int64(4, "version")
                    .int64(5, "create_revision")
                    .int64(6, "mod_revision")
                    .bytes(7, "value")
                    .int64(8, "lease")
                    .bytes(64, "range_end");

    static final MessageType TXN = txn();
    static final MessageType TXN_ANSWER = txnAnswer();

    static final MessageType COMPACT = new MessageType().int64(1, "revision").bool(2, "physical");

    // --- Watch ---

    static final MessageType WATCH =
            new MessageType()
                    .message(
                            1,
                            "create_request",
                            new MessageType()
                                    .bytes(1, "key")
                                    .bytes(2, "range_end")
                                    .int64(3, "start_revision")
                                    .bool(4, "progress_notify")
                                    .enumerations(5, "filters", FILTER)
                                    .bool(6, "prev_kv")
                                    .int64(7, "watch_id")
                                    .bool(8, "fragment"))
                    .message(2, "cancel_request", new MessageType().int64(1, "watch_id"))
                    .message(3, "progress_request", EMPTY);

    static final MessageType WATCH_ANSWER =
            answer().int64(2, "watch_id")
                    .bool(3, "created")
                    .bool(4, "canceled")
                    .int64(5, "compact_revision")
                    .text(6, "cancel_reason")
                    .bool(7, "fragment")
                    .messages(11, "events", EVENT);

    // --- Lease ---

    static final MessageType LEASE_GRANT = new MessageType().int64(1, "TTL").int64(2, "ID");

    static final MessageType LEASE_GRANT_ANSWER =
            answer().int64(2, "ID").int64(3, "TTL").text(4, "error");

    static final MessageType LEASE_ID = new MessageType().int64(1, "ID");

    static final MessageType LEASE_KEEP_ALIVE_ANSWER = answer().int64(2, "ID").int64(3, "TTL");

    static final MessageType LEASE_TIME_TO_LIVE = new MessageType().int64(1, "ID").bool(2, "keys");

    static final MessageType LEASE_TIME_TO_LIVE_ANSWER =
            answer().int64(2, "ID").int64(3, "TTL").int64(4, "grantedTTL").bytesList(5, "keys");

    static final MessageType LEASES_ANSWER = answer().messages(2, "leases", LEASE_ID);

    // --- Cluster ---

    private static final MessageType MEMBER =
            new MessageType()
                    .uint64(1, "ID")
                    .text(2, "name")
                    .texts(3, "peerURLs")
                    .texts(4, "clientURLs")
                    .bool(5, "isLearner");

    static final MessageType MEMBER_ADD =
            new MessageType().texts(1, "peerURLs").bool(2, "isLearner");

    static final MessageType MEMBER_ID = new MessageType().uint64(1, "ID");

    static final MessageType MEMBER_UPDATE = new MessageType().uint64(1, "ID").texts(2, "peerURLs");

    static final MessageType MEMBER_LIST = new MessageType().bool(1, "linearizable");

    static final MessageType MEMBER_ADD_ANSWER =
            answer().message(2, "member", MEMBER).messages(3, "members", MEMBER);

    static final MessageType MEMBERS_ANSWER = answer().messages(2, "members", MEMBER);

    // --- Maintenance ---

    static final MessageType ALARM_REQUEST =
            new MessageType()
                    .enumeration(1, "action", ALARM_ACTION)
                    .uint64(2, "memberID")
                    .enumeration(3, "alarm", ALARM);

    static final MessageType ALARM_ANSWER =
            answer().messages(
                            2,
                            "alarms",
                            new MessageType().uint64(1, "memberID").enumeration(2, "alarm", ALARM));

    static final MessageType STATUS_ANSWER =
            answer().text(2, "version")
                    .int64(3, "dbSize")
                    .uint64(4, "leader")
                    .uint64(5, "raftIndex")
                    .uint64(6, "raftTerm")
                    .uint64(7, "raftAppliedIndex")
                    .texts(8, "errors")
                    .int64(9, "dbSizeInUse")
                    .bool(10, "isLearner")
                    .text(11, "storageVersion")
                    .int64(12, "dbSizeQuota");

    static final MessageType HASH_ANSWER = answer().uint32(2, "hash");

    static final MessageType HASH_KV = new MessageType().int64(1, "revision");

    static final MessageType HASH_KV_ANSWER =
            answer().uint32(2, "hash").int64(3, "compact_revision").int64(4, "hash_revision");

    static final MessageType MOVE_LEADER = new MessageType().uint64(1, "targetID");

    static final MessageType SNAPSHOT_ANSWER =
            answer().uint64(2, "remaining_bytes").bytes(3, "blob").text(4, "version");

    private Messages() {}

    private static MessageType answer() {
        return new MessageType().message(1, "header", HEADER);
    }

    private static MessageType txn() {
        final MessageType txn = new MessageType();
        final MessageType op =
                new MessageType()
                        .message(1, "request_range", RANGE)
                        .message(2, "request_put", PUT)
                        .message(3, "request_delete_range", DELETE_RANGE)
                        .message(4, "request_txn", txn);
        return txn.messages(1, "compare", COMPARE)
                .messages(2, "success", op)
                .messages(3, "failure", op);
    }

    private static MessageType txnAnswer() {
        final MessageType txn = answer();
        final MessageType op =
                new MessageType()
                        .message(1, "response_range", RANGE_ANSWER)
                        .message(2, "response_put", PUT_ANSWER)
                        .message(3, "response_delete_range", DELETE_RANGE_ANSWER)
                        .message(4, "response_txn", txn);
        return txn.bool(2, "succeeded").messages(3, "responses", op);
    }
}
