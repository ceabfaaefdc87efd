package io.larch.http.v3.service;

import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvReply;
import io.larch.engine.codec.kv.KvStatus;
import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.codec.kv.ProtoWriter;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.engine.port.Reply;
import io.larch.http.engine.EngineAnswers;
import io.larch.http.output.Outlet;
import io.larch.http.v3.rpc.RpcCall;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/** How this member is: what Raft says, then what the store says, and whether there is an alarm. */
final class StatusCall extends UnaryHandler implements EngineAnswers {
    private static final int VERSION = 2;
    private static final int DB_SIZE = 3;
    private static final int LEADER = 4;
    private static final int RAFT_INDEX = 5;
    private static final int RAFT_TERM = 6;
    private static final int RAFT_APPLIED_INDEX = 7;
    private static final int ERRORS = 8;
    private static final int DB_SIZE_IN_USE = 9;
    private static final int IS_LEARNER = 10;
    private static final int STORAGE_VERSION = 11;
    private static final int DB_SIZE_QUOTA = 12;
    private static final long NONE = 0;

    /** Of AlarmResponse and its members. */
    private static final int ALARMS = 2;

    private static final int ALARM_MEMBER = 1;
    private static final int ALARM_TYPE = 2;
    private static final int NO_SPACE = 1;

    private QueryViews.Raft raft;
    private KvStatus store;
    private long revision;
    private long correlationId = NONE;

    StatusCall(final ServiceLoop loop, final RpcCall call) {
        super(loop, call);
    }

    @Override
    public Outlet connection() {
        return call.outlet();
    }

    @Override
    public void onMessage(final DirectBuffer buffer, final int offset, final int length) {
        awaitEngine();
        final boolean isTaken =
                Queries.ask(
                        loop.engine(),
                        call.outlet(),
                        Query.Kind.RAFT,
                        (QueryViews.Raft answer) -> {
                            if (!isOver) {
                                raft = answer;
                                offer(KvCommand.STORE_STATUS);
                            }
                        });
        if (!isTaken && !isOver) {
            Refusal.TOO_MANY_REQUESTS.end(call);
        }
    }

    private void offer(final byte type) {
        final long id = loop.engine().register(this);
        correlationId = id;
        if (!loop.offer(type, 0, id, (target, at) -> at) && !isOver && correlationId == id) {
            loop.engine().forget(id);
            correlationId = NONE;
            Refusal.TOO_MANY_REQUESTS.end(call);
        }
    }

    @Override
    public void onResult(final Reply result) {
        correlationId = NONE;
        final int at = result.offset() + KvReply.HEAD_LENGTH;
        if (store == null) {
            store = KvStatus.decode(result.bytes(), at);
            revision = result.storeIndex();
            offer(KvCommand.ALARM_LIST);
        } else {
            reply(result.bytes(), at, result.length() - KvReply.HEAD_LENGTH);
        }
    }

    @Override
    public void onError(final Reply error) {
        correlationId = NONE;
        EngineFailure.of(error).end(call);
    }

    private void reply(final DirectBuffer alarms, final int alarmsOffset, final int alarmsLength) {
        final ExpandableArrayBuffer body = new ExpandableArrayBuffer();
        final String version = loop.settings().version();
        int at = ProtoWriter.ascii(body, 0, VERSION, version);
        at = ProtoWriter.number(body, at, DB_SIZE, store.bytes());
        at = ProtoWriter.number(body, at, LEADER, raft.leaderId());
        at = ProtoWriter.number(body, at, RAFT_INDEX, raft.commitIndex());
        at = ProtoWriter.number(body, at, RAFT_TERM, raft.term());
        at = ProtoWriter.number(body, at, RAFT_APPLIED_INDEX, raft.appliedIndex());
        if (raft.leaderId() == 0) {
            at = ProtoWriter.ascii(body, at, ERRORS, "etcdserver: no leader");
        }
        at = putAlarms(body, at, new ProtoReader().wrap(alarms, alarmsOffset, alarmsLength));
        at = ProtoWriter.number(body, at, DB_SIZE_IN_USE, store.bytesInUse());
        if (loop.settings().standing().isLearner()) {
            at = ProtoWriter.number(body, at, IS_LEARNER, 1);
        }
        at = ProtoWriter.ascii(body, at, STORAGE_VERSION, minorOf(version));
        at = ProtoWriter.number(body, at, DB_SIZE_QUOTA, store.quotaBytes());
        loop.reply(call, revision, raft.term(), body, 0, at);
    }

    /** One text each, as etcd prints its alarms. */
    private static int putAlarms(
            final ExpandableArrayBuffer body, final int offset, final ProtoReader alarms) {
        final ProtoReader alarm = new ProtoReader();
        int at = offset;
        while (alarms.next()) {
            if (alarms.field() == ALARMS) {
                long memberId = 0;
                long type = 0;
                alarm.wrap(alarms);
                while (alarm.next()) {
                    if (alarm.field() == ALARM_MEMBER) {
                        memberId = alarm.number();
                    } else if (alarm.field() == ALARM_TYPE) {
                        type = alarm.number();
                    }
                }
                at =
                        ProtoWriter.ascii(
                                body,
                                at,
                                ERRORS,
                                "memberID:"
                                        + Long.toUnsignedString(memberId)
                                        + " alarm:"
                                        + (type == NO_SPACE ? "NOSPACE " : "CORRUPT "));
            }
        }
        return at;
    }

    /** 3.4 of 3.4.23. */
    private static String minorOf(final String version) {
        final int dot = version.indexOf('.', version.indexOf('.') + 1);
        return dot < 0 ? version : version.substring(0, dot);
    }

    @Override
    public void onClosed() {
        super.onClosed();
        if (correlationId != NONE) {
            loop.engine().cancel(correlationId);
            correlationId = NONE;
        }
    }
}
