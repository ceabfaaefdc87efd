package io.larch.tools.etcd.kv;

import io.larch.tools.etcd.kv.KvRequestException.Kind;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Applies requests of the log, each an etcdserverpb.InternalRaftRequest, in their order, as etcd
 * 3.4 does. What etcd answers with an error changes nothing here, either. An etcd that has alarms
 * refuses what would grow; one that asks for users takes changes only of some, and as of these not
 * enough is known here, the first change ends the replay. Not threadsafe.
 *
 * <p>Entries may come that the database has already, if they change no keys: etcd writes down how
 * far it is only with changes of keys. They find leases as they leave them.
 */
public final class KvReplay {
    private static final int HEADER = 100;
    private static final int V2 = 2;
    private static final int LAST_OF_KEYS = 11;
    private static final int AUTH_ENABLE = 1000;
    private static final int FIRST_OF_AUTH = 1000;
    private static final int LAST_OF_AUTH = 1299;

    /** Versions of the cluster, attributes of members, downgrades: of 3.5. */
    private static final int LAST_KNOWN = 1302;

    private static final int NO_SPACE = 1;
    private static final int CORRUPT = 2;

    private final KvStore store;
    private final KvTxn txns;
    private final Set<Alarm> alarms = new HashSet<>();

    private record Alarm(long member, long kind) {}

    KvReplay(final KvStore store) {
        this.store = store;
        txns = new KvTxn(store);
    }

    /** Whether an etcdserverpb.AlarmMember is one, which then is raised. */
    boolean raise(final DirectBuffer buffer, final int offset, final int length) {
        final Fields alarm = Fields.of(buffer, offset, length);
        return alarm != null && alarms.add(new Alarm(alarm.number(1), alarm.number(2)));
    }

    /** Whether a request may change keys or leases. */
    public static boolean isWrite(final DirectBuffer data) {
        final Fields request = Fields.of(data, 0, data.capacity());
        return request != null
                && (request.has(4)
                        || request.has(5)
                        || request.has(6)
                        || request.has(8)
                        || request.has(9));
    }

    /**
     * Applies one.
     *
     * @throws KvRequestException if that is not possible; nothing has been changed.
     */
    public void apply(final DirectBuffer data) throws KvRequestException, IOException {
        final Fields request = Fields.of(data, 0, data.capacity());
        if (request == null) {
            throw new KvRequestException(Kind.MALFORMED);
        }
        final int field = field(request);
        try {
            if (field <= LAST_OF_KEYS) {
                apply(field, request.bytes(field));
            } else if (field == AUTH_ENABLE) {
                store.guard();
            }
        } catch (final KvStore.GuardedException e) {
            throw new KvRequestException(Kind.GUARDED);
        }
    }

    /** Which of the requests it is. */
    private static int field(final Fields request) throws KvRequestException {
        int found = 0;
        for (final int field : request.messages()) {
            if (field == HEADER || field == V2) {
                continue;
            }
            final boolean isKnown =
                    field > V2 && field <= LAST_OF_KEYS
                            || field >= FIRST_OF_AUTH && field <= LAST_OF_AUTH
                            || field > LAST_OF_AUTH && field <= LAST_KNOWN;
            if (!isKnown) {
                throw new KvRequestException(Kind.LATER);
            }
            found = found == 0 ? field : Math.min(found, field);
        }
        if (found == 0) {
            throw new KvRequestException(Kind.MALFORMED);
        }
        return found;
    }

    private boolean has(final int alarm) {
        return alarms.stream().anyMatch(each -> each.kind() == alarm);
    }

    private void apply(final int field, final byte[] message)
            throws KvRequestException, IOException {
        final UnsafeBuffer buffer = new UnsafeBuffer(message);
        final Fields request = Fields.of(buffer, 0, message.length);
        if (request == null) {
            throw new KvRequestException(Kind.MALFORMED);
        }
        if (has(CORRUPT) && field != 10) {
            return;
        }
        switch (field) {
            case 4 -> {
                if (!has(NO_SPACE) && txns.isPossible(request)) {
                    txns.put(request);
                }
            }
            case 5 -> store.delete(request.bytes(1), request.end(2));
            case 6 -> txns.apply(request, has(NO_SPACE));
            case 7 -> compact(request.number(1));
            case 8 -> {
                // LeaseGrantRequest: TTL, ID
                if (!has(NO_SPACE) && request.number(2) != 0) {
                    store.grant(request.number(2), request.number(1));
                }
            }
            case 9 -> {
                if (store.hasLease(request.number(1))) {
                    store.revoke(request.number(1));
                }
            }
            case 10 -> alarm(request);
            default -> {
                // 3 reads; 11 keeps what is left of leases, which begin anew.
            }
        }
        store.end();
    }

    private void compact(final long revision) {
        if (revision <= store.revision()) {
            store.loadCompacted(revision);
        }
    }

    /** AlarmRequest: action, member, kind. */
    private void alarm(final Fields request) {
        final Alarm alarm = new Alarm(request.number(2), request.number(3));
        if (request.number(1) == 1) {
            alarms.add(alarm);
        } else if (request.number(1) == 2) {
            alarms.remove(alarm);
        }
    }
}
