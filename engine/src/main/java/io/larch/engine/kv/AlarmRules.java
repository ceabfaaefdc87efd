package io.larch.engine.kv;

import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.codec.kv.ProtoWriter;
import io.larch.engine.kv.AlarmTable.Alarm;
import org.agrona.MutableDirectBuffer;

/** AlarmRequests, and what AlarmResponses say but their headers. */
final class AlarmRules {
    /** Of AlarmAction. */
    static final int ACTIVATE = 1;

    static final int DEACTIVATE = 2;

    private static final int ACTION = 1;
    private static final int MEMBER_ID = 2;
    private static final int KIND = 3;
    private static final int ALARMS = 2;
    private static final int ALARM_MEMBER_ID = 1;
    private static final int ALARM_KIND = 2;

    private int action;
    private long memberId;
    private int kind;

    private void read(final ProtoReader request) {
        action = 0;
        memberId = 0;
        kind = AlarmTable.NONE;
        while (request.next()) {
            switch (request.field()) {
                case ACTION -> action = (int) request.number();
                case MEMBER_ID -> memberId = request.number();
                case KIND -> kind = (int) request.number();
                default -> {
                    // Of no meaning here.
                }
            }
        }
    }

    /**
     * Raises or ends an alarm. Of too many none is raised more, and none is told.
     *
     * @param isOwn whether the engine asks, and no client.
     * @return the end of the response's fields: the alarm, if there is or was one.
     */
    int change(
            final ProtoReader request,
            final boolean isOwn,
            final AlarmTable alarms,
            final MutableDirectBuffer target,
            final int offset) {
        read(request);
        if (action == ACTIVATE) {
            if (!isOwn && alarms.isFull() && !alarms.isRaised(memberId, kind)) {
                return offset;
            }
            alarms.raise(memberId, kind, isOwn);
            return put(memberId, kind, target, offset);
        }
        return action == DEACTIVATE && alarms.end(memberId, kind)
                ? put(memberId, kind, target, offset)
                : offset;
    }

    /**
     * Lists the alarms of the kind asked for, or all.
     *
     * @param fullMemberId of the member that finds itself without space though nobody has raised an
     *     alarm for it yet; 0: it does not.
     */
    int list(
            final ProtoReader request,
            final AlarmTable alarms,
            final long fullMemberId,
            final MutableDirectBuffer target,
            final int offset) {
        read(request);
        int at = offset;
        for (final Alarm alarm : alarms.all()) {
            if (isAskedFor(alarm.kind())) {
                at = put(alarm.memberId(), alarm.kind(), target, at);
            }
        }
        final boolean isUntold =
                fullMemberId != 0 && !alarms.isRaised(fullMemberId, AlarmTable.NO_SPACE);
        return isUntold && isAskedFor(AlarmTable.NO_SPACE)
                ? put(fullMemberId, AlarmTable.NO_SPACE, target, at)
                : at;
    }

    private boolean isAskedFor(final int each) {
        return kind == AlarmTable.NONE || kind == each;
    }

    private static int put(
            final long memberId,
            final int kind,
            final MutableDirectBuffer target,
            final int offset) {
        final int length =
                ProtoWriter.numberLength(ALARM_MEMBER_ID, memberId)
                        + ProtoWriter.numberLength(ALARM_KIND, kind);
        int at = ProtoWriter.head(target, offset, ALARMS, length);
        at = ProtoWriter.number(target, at, ALARM_MEMBER_ID, memberId);
        return ProtoWriter.number(target, at, ALARM_KIND, kind);
    }

    /** Writes an AlarmRequest about space. Returns the end. */
    static int encodeNoSpace(
            final MutableDirectBuffer target,
            final int offset,
            final int action,
            final long memberId) {
        int at = ProtoWriter.number(target, offset, ACTION, action);
        at = ProtoWriter.number(target, at, MEMBER_ID, memberId);
        return ProtoWriter.number(target, at, KIND, AlarmTable.NO_SPACE);
    }
}
