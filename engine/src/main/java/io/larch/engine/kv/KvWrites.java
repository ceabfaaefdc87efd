package io.larch.engine.kv;

import io.larch.engine.application.Result;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvError;
import io.larch.engine.codec.kv.KvReply;
import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.kv.watch.WatchHub;
import io.larch.engine.mvcc.MvccStore;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * Applies writes by etcd's rules: each is checked, without changing anything, and then done, which
 * cannot fail. What it changes is told to watches before it is answered.
 */
final class KvWrites {
    /** In the application's part of an envelope: the engine itself has proposed it. */
    static final int OWN_OFFSET = CommandEnvelope.APPLICATION_OFFSET + Integer.BYTES;

    private final ProtoReader reader = new ProtoReader();
    private final PutRequest put = new PutRequest();
    private final DeleteRequest delete = new DeleteRequest();
    private final AlarmRules alarmRules = new AlarmRules();
    private final KvState state;
    private final MvccStore store;
    private final KeyChanges changes;
    private final Txn txn;
    private final LeaseRules leases;
    private final WatchHub watches;
    private final ResponseLimit limit;

    private DirectBuffer body;
    private int offset;
    private int length;
    private KvError error;
    private boolean isAwaited;

    KvWrites(
            final KvState state,
            final KeyChanges changes,
            final Txn txn,
            final LeaseRules leases,
            final WatchHub watches) {
        this.state = state;
        store = state.store();
        this.changes = changes;
        this.txn = txn;
        this.leases = leases;
        this.watches = watches;
        limit = new ResponseLimit(store, new LookLimit());
    }

    void apply(final CommandEnvelope command, final Result result) {
        body = command.buffer();
        offset = KvCommand.bodyOffset(command);
        length = KvCommand.bodyLength(command);
        reader.wrap(body, offset, length);
        error = null;
        result.reset(store.revision());
        final MutableDirectBuffer target = result.eventBuffer();
        final int at = KvReply.HEAD_LENGTH;
        isAwaited = result.isAwaited();
        final int end = apply(command, target, at);
        KvReply.encodeHead(target, 0, true, error);
        result.event(error == null ? end : at, store.revision());
    }

    private int apply(
            final CommandEnvelope command, final MutableDirectBuffer target, final int at) {
        switch (command.type()) {
            case KvCommand.PUT:
                return put(target, at);
            case KvCommand.DELETE_RANGE:
                return delete(target, at);
            case KvCommand.TXN:
                return txn(target, at);
            case KvCommand.COMPACT:
                return compact(at);
            case KvCommand.LEASE_GRANT:
                final int end = leases.grant(reader, target, at);
                error = leases.error();
                return end;
            case KvCommand.LEASE_REVOKE:
                leases.revoke(reader);
                error = leases.error();
                return at;
            case KvCommand.LEASE_KEEP_ALIVE:
                return leases.keepAlive(body, offset, length, target, at);
            case KvCommand.ALARM:
                return alarmRules.change(
                        reader,
                        body.getByte(command.offset() + OWN_OFFSET) != 0,
                        state.alarms(),
                        target,
                        at);
            default:
                throw new IllegalStateException("unknown type " + command.type());
        }
    }

    private int put(final MutableDirectBuffer target, final int at) {
        error =
                put.read(reader)
                        ? changes.checkAlone(put, state.clock().now())
                        : KvError.KEY_NOT_PROVIDED;
        if (error != null) {
            return at;
        }
        store.begin();
        final int end = changes.put(put, target, at);
        commit();
        return end;
    }

    private int delete(final MutableDirectBuffer target, final int at) {
        if (!delete.read(reader)) {
            error = KvError.KEY_NOT_PROVIDED;
            return at;
        }
        limit.begin();
        if (delete.hasPrevious && !limit.adds(delete)) {
            error = KvError.REQUEST_TOO_LARGE;
            return at;
        }
        store.begin();
        final int end = changes.delete(delete, target, at);
        commit();
        return end;
    }

    private int txn(final MutableDirectBuffer target, final int at) {
        error = txn.check(body, offset, length, true, state.clock().now());
        if (error != null) {
            return at;
        }
        store.begin();
        int end = at;
        if (isAwaited) {
            end = txn.run(body, offset, length, target, at, Integer.MAX_VALUE, Integer.MAX_VALUE);
        } else {
            txn.runUntold(body, offset, length, target, at);
        }
        if (end == RangeAnswer.TOO_LONG) {
            throw new IllegalStateException("a transaction was checked, and is half done");
        }
        commit();
        return end;
    }

    private void commit() {
        store.commit();
        watches.tell();
    }

    private int compact(final int at) {
        long revision = 0;
        while (reader.next()) {
            if (reader.field() == 1) {
                revision = reader.number();
            }
        }
        if (revision <= store.compactedRevision()) {
            error = KvError.COMPACTED;
        } else if (store.isFuture(revision)) {
            error = KvError.FUTURE_REVISION;
        } else {
            store.compact(revision);
            watches.compacted();
        }
        return at;
    }
}
