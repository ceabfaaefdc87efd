package io.larch.engine.kv;

import io.larch.engine.lease.Lease;
import io.larch.engine.lease.LeaseTable;
import io.larch.engine.mvcc.KeyRange;
import io.larch.engine.mvcc.KeyVersion;
import io.larch.engine.mvcc.MvccStore;
import io.larch.engine.mvcc.RangeCursor;
import io.larch.engine.mvcc.Step;
import io.larch.engine.mvcc.StoreHash;
import java.util.TreeSet;

/** Looks into an application, in the words of {@link ReferenceKv}. */
public final class KvLook {
    private KvLook() {}

    /** As {@link ReferenceKv#allAt}. */
    public static byte[] allAt(final KvApplication application, final long revision) {
        final MvccStore store = application.store();
        final ProtoMessage answer = ProtoMessage.message();
        final RangeCursor cursor = new RangeCursor(store).open(new KeyRange().all(), revision);
        cursor.allow(Integer.MAX_VALUE);
        final KeyVersion version = new KeyVersion();
        long count = 0;
        while (cursor.next(version) == Step.FOUND) {
            final byte[] kv = new byte[version.bytesLength()];
            version.buffer().getBytes(version.bytesOffset(), kv);
            answer.element(2, kv);
            count++;
        }
        return answer.number(4, count).bytes();
    }

    /** HashKV of a revision. */
    public static int hash(final KvApplication application, final long revision) {
        final StoreHash hash = application.store().hash(revision);
        Step step = hash.run(3);
        while (step == Step.PAUSED) {
            step = hash.run(3);
        }
        return hash.value();
    }

    /** As {@link ReferenceKv#rest}. */
    public static String rest(final KvApplication application) {
        final KvState state = application.state();
        final StringBuilder text = new StringBuilder();
        text.append(state.clock().now());
        for (final Lease lease : state.leases().sorted()) {
            final TreeSet<String> keys = new TreeSet<>();
            for (final byte[] key : LeaseTable.keysOf(lease)) {
                keys.add(ProtoMessage.text(key));
            }
            text.append("\nlease ")
                    .append(lease.id())
                    .append(" of ")
                    .append(lease.ttlSeconds())
                    .append(" to ")
                    .append(lease.deadlineNanos())
                    .append(' ')
                    .append(keys);
        }
        for (final AlarmTable.Alarm alarm : state.alarms().all()) {
            text.append("\nalarm ")
                    .append(alarm.memberId())
                    .append(' ')
                    .append(alarm.kind())
                    .append(' ')
                    .append(alarm.isOwn());
        }
        return text.toString();
    }
}
