package io.larch.http.v3.service;

import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.codec.kv.ProtoWriter;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** The requests that are one command each, but for transactions. */
final class KvRequests {
    private KvRequests() {}

    /** A read of this member, linearizable unless it says otherwise. */
    static final class Range extends EngineRequest {
        private final ProtoReader reader = new ProtoReader();
        private final KvChecks checks = new KvChecks();
        private final ServiceLoop loop;

        Range(final ServiceLoop loop) {
            this.loop = loop;
        }

        @Override
        Refusal look(final DirectBuffer buffer, final int offset, final int length) {
            type = KvCommand.RANGE;
            final Refusal refusal = checks.range(reader.wrap(buffer, offset, length));
            flags = checks.isSerializable() ? 0 : CommandEnvelope.QUORUM;
            final boolean isForVoters = !checks.isSerializable() && refusal != Refusal.MALFORMED;
            return isForVoters && loop.settings().standing().isLearner()
                    ? Refusal.LEARNER
                    : refusal;
        }
    }

    static final class Put extends EngineRequest {
        private final ProtoReader reader = new ProtoReader();
        private final KvChecks checks = new KvChecks();

        @Override
        Refusal look(final DirectBuffer buffer, final int offset, final int length) {
            type = KvCommand.PUT;
            return checks.put(reader.wrap(buffer, offset, length));
        }
    }

    static final class DeleteRange extends EngineRequest {
        private final ProtoReader reader = new ProtoReader();
        private final KvChecks checks = new KvChecks();

        @Override
        Refusal look(final DirectBuffer buffer, final int offset, final int length) {
            type = KvCommand.DELETE_RANGE;
            return checks.deleteRange(reader.wrap(buffer, offset, length));
        }
    }

    /** A request with nothing to check but that it is one. */
    static final class Plain extends EngineRequest {
        private final ProtoReader reader = new ProtoReader();

        Plain(final byte type, final int flags) {
            this.type = type;
            this.flags = flags;
        }

        @Override
        Refusal look(final DirectBuffer buffer, final int offset, final int length) {
            reader.wrap(buffer, offset, length);
            boolean isMore = true;
            while (isMore) {
                isMore = reader.next();
            }
            return reader.isBroken() ? Refusal.MALFORMED : null;
        }
    }

    /** A grant, which gets an id where the client leaves that to the server. */
    static final class LeaseGrant extends EngineRequest {
        private static final int TTL = 1;
        private static final int ID = 2;

        private final ProtoReader reader = new ProtoReader();
        private final ServiceLoop loop;
        private long ttlSeconds;
        private long id;

        LeaseGrant(final ServiceLoop loop) {
            this.loop = loop;
        }

        @Override
        Refusal look(final DirectBuffer buffer, final int offset, final int length) {
            type = KvCommand.LEASE_GRANT;
            ttlSeconds = 0;
            id = 0;
            reader.wrap(buffer, offset, length);
            while (reader.next()) {
                if (reader.field() == TTL) {
                    ttlSeconds = reader.number();
                } else if (reader.field() == ID) {
                    id = reader.number();
                }
            }
            if (reader.isBroken()) {
                return Refusal.MALFORMED;
            }
            ttlSeconds = Math.max(ttlSeconds, loop.settings().minLeaseTtlSeconds());
            id = id == 0 ? loop.randomId() : id;
            return null;
        }

        @Override
        int encode(
                final MutableDirectBuffer target,
                final int at,
                final DirectBuffer buffer,
                final int offset,
                final int length) {
            return ProtoWriter.number(
                    target, ProtoWriter.number(target, at, TTL, ttlSeconds), ID, id);
        }
    }

    /**
     * An alarm: looked for by a linearizable read, raised or ended by a write, which is refused
     * while there are users of v2.
     */
    static final class Alarm extends EngineRequest {
        private static final int ACTION = 1;
        private static final int ALARM = 3;
        private static final int MAX_ACTION = 2;
        private static final int MAX_ALARM = 2;

        private final ProtoReader reader = new ProtoReader();
        private final ServiceLoop loop;

        Alarm(final ServiceLoop loop) {
            this.loop = loop;
        }

        @Override
        Refusal look(final DirectBuffer buffer, final int offset, final int length) {
            long action = 0;
            long alarm = 0;
            reader.wrap(buffer, offset, length);
            while (reader.next()) {
                if (reader.field() == ACTION) {
                    action = reader.number();
                } else if (reader.field() == ALARM) {
                    alarm = reader.number();
                }
            }
            type = action == 0 ? KvCommand.ALARM_LIST : KvCommand.ALARM;
            flags = action == 0 ? CommandEnvelope.QUORUM : 0;
            if (reader.isBroken()) {
                return Refusal.MALFORMED;
            }
            if (!KvChecks.isUpTo(action, MAX_ACTION) || !KvChecks.isUpTo(alarm, MAX_ALARM)) {
                return Refusal.UNKNOWN_VALUE;
            }
            return action != 0 && loop.engine().isGuarded() ? Refusal.PERMISSION_DENIED : null;
        }

        /** What is asked for does not matter to the engine: it tells all. */
        @Override
        int encode(
                final MutableDirectBuffer target,
                final int at,
                final DirectBuffer buffer,
                final int offset,
                final int length) {
            return type == KvCommand.ALARM_LIST
                    ? at
                    : super.encode(target, at, buffer, offset, length);
        }
    }
}
