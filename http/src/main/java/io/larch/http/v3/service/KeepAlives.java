package io.larch.http.v3.service;

import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvReply;
import io.larch.engine.port.Reply;
import io.larch.http.engine.EngineAnswers;
import io.larch.http.output.Outlet;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.collections.LongArrayList;

/**
 * Gathers the leases that the clients of an event loop keep alive in one turn: they become one
 * command, so that ten thousand of them are one entry of the log.
 *
 * <p>One event loop's.
 */
final class KeepAlives {
    private static final int MOST = 16 << 10;
    private static final int PAIR_BYTES = 2 * Long.BYTES;

    private final ServiceLoop loop;
    private Batch gathering;

    KeepAlives(final ServiceLoop loop) {
        this.loop = loop;
    }

    /** Who keeps a lease alive. */
    interface Keeper {
        /** Whose it is; what goes wrong ends that. */
        Outlet outlet();

        /**
         * The lease has been renewed.
         *
         * @param ttlSeconds 0: it is not there.
         */
        void onKept(long leaseId, long ttlSeconds, long revision, long raftTerm);

        void onFailed(Refusal why);
    }

    /** Renews a lease with the others of this turn. */
    void keep(final long leaseId, final Keeper keeper) {
        if (gathering == null) {
            gathering = new Batch();
            final Batch batch = gathering;
            loop.engine().beforeFlush(() -> offer(batch));
        }
        gathering.ids.addLong(leaseId);
        gathering.keepers.add(keeper);
        if (gathering.keepers.size() >= MOST) {
            offer(gathering);
        }
    }

    private void offer(final Batch batch) {
        if (batch.isOffered) {
            return;
        }
        batch.isOffered = true;
        if (gathering == batch) {
            gathering = null;
        }
        batch.offer();
    }

    /** Those of one turn. */
    private final class Batch implements EngineAnswers {
        private final LongArrayList ids = new LongArrayList();
        private final List<Keeper> keepers = new ArrayList<>();
        private boolean isOffered;

        /** Of many; what goes wrong with one is caught where it is told. */
        @Override
        public Outlet connection() {
            return null;
        }

        private void offer() {
            final long id = loop.engine().register(this);
            final boolean isTaken =
                    loop.offer(
                            KvCommand.LEASE_KEEP_ALIVE,
                            0,
                            id,
                            (target, at) -> {
                                int end = at;
                                for (int i = 0; i < ids.size(); i++) {
                                    target.putLong(end, ids.getLong(i), ByteOrder.LITTLE_ENDIAN);
                                    end += Long.BYTES;
                                }
                                return end;
                            });
            if (!isTaken) {
                loop.engine().forget(id);
                fail(Refusal.TOO_MANY_REQUESTS);
            }
        }

        @Override
        public void onResult(final Reply result) {
            final DirectBuffer bytes = result.bytes();
            if (KvReply.error(bytes, result.offset()) != null) {
                fail(Refusal.of(KvReply.error(bytes, result.offset())));
                return;
            }
            // Told before anything is handed over again: the bytes are not here any longer then.
            final int count =
                    Math.min(keepers.size(), (result.length() - KvReply.HEAD_LENGTH) / PAIR_BYTES);
            final long[] pairs = new long[2 * count];
            for (int i = 0; i < pairs.length; i++) {
                pairs[i] =
                        bytes.getLong(
                                result.offset() + KvReply.HEAD_LENGTH + i * Long.BYTES,
                                ByteOrder.LITTLE_ENDIAN);
            }
            final long revision = result.storeIndex();
            final long raftTerm = result.raftTerm();
            loop.noteTerm(raftTerm);
            for (int i = 0; i < count; i++) {
                final Keeper keeper = keepers.get(i);
                try {
                    keeper.onKept(pairs[2 * i], pairs[2 * i + 1], revision, raftTerm);
                } catch (final RuntimeException | Error e) {
                    loop.engine().fault(keeper.outlet(), e);
                }
            }
        }

        @Override
        public void onError(final Reply error) {
            fail(EngineFailure.of(error));
        }

        private void fail(final Refusal why) {
            for (final Keeper keeper : keepers) {
                try {
                    keeper.onFailed(why);
                } catch (final RuntimeException | Error e) {
                    loop.engine().fault(keeper.outlet(), e);
                }
            }
        }
    }
}
