package io.larch.engine.kv;

import io.larch.engine.application.Result;
import io.larch.engine.application.SlicedRead;
import io.larch.engine.codec.CommandEnvelope;
import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvError;
import io.larch.engine.codec.kv.KvReply;
import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.mvcc.MvccStore;
import io.larch.engine.mvcc.Step;
import io.larch.engine.mvcc.StoreHash;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;

/** Answers what reads keys: in one go what is short, else in slices. */
final class KvReads {
    /** Longest result made in one go. */
    private static final int MAX_BYTES = 128 << 10;

    /** Longest chunk of a range, unless a single key is longer. */
    private static final int MAX_CHUNK_BYTES = 512 << 10;

    /** Keys looked at in one go. */
    private static final int MAX_STEPS = 4096;

    private final RangeRequest range = new RangeRequest();
    private final ProtoReader reader = new ProtoReader();
    private final MvccStore store;
    private final RangeAnswer answers;
    private final RangeChunks chunks;
    private final Txn txn;
    private final HeldReads held;
    private final KvState state;

    KvReads(final KvState state, final RangeAnswer answers, final Txn txn, final HeldReads held) {
        this.state = state;
        store = state.store();
        this.answers = answers;
        chunks = new RangeChunks(store);
        this.txn = txn;
        this.held = held;
    }

    private void wrap(final CommandEnvelope query) {
        reader.wrap(query.buffer(), KvCommand.bodyOffset(query), KvCommand.bodyLength(query));
    }

    /** Answers a RANGE, RANGE_CHUNK, TXN_READ, HASH_KV or HASH, or says that it is too long. */
    void read(final CommandEnvelope query, final int maxBytes, final Result result) {
        final KvError error = check(query);
        if (error != null) {
            refuse(result, error);
            return;
        }
        final int most = Math.min(maxBytes, MAX_BYTES);
        final int at = KvReply.encodeHead(result.eventBuffer(), 0, false, null);
        final int end =
                switch (query.type()) {
                    case KvCommand.RANGE ->
                            answers.write(range, result.eventBuffer(), at, most, MAX_STEPS);
                    case KvCommand.TXN_READ ->
                            txn.run(
                                    query.buffer(),
                                    KvCommand.bodyOffset(query),
                                    KvCommand.bodyLength(query),
                                    result.eventBuffer(),
                                    at,
                                    most,
                                    MAX_STEPS);
                    case KvCommand.RANGE_CHUNK -> chunk(result, at, maxBytes);
                    default -> hash(query, result, at);
                };
        if (end == RangeAnswer.TOO_LONG) {
            result.tooLong();
        } else {
            result.event(end, isChunk(query) ? chunks.index() : store.revision());
        }
    }

    private static boolean isChunk(final CommandEnvelope query) {
        return query.type() == KvCommand.RANGE_CHUNK;
    }

    private int chunk(final Result result, final int at, final int maxBytes) {
        final int most = Math.min(Math.min(maxBytes, MAX_CHUNK_BYTES), chunks.maxBytes());
        return chunks.write(result.eventBuffer(), at, most, MAX_STEPS, false);
    }

    private void refuse(final Result result, final KvError error) {
        result.event(KvReply.encodeHead(result.eventBuffer(), 0, false, error), store.revision());
    }

    private int hash(final CommandEnvelope query, final Result result, final int at) {
        final HashPiece piece = hashPiece(query);
        return piece.prepare(MAX_STEPS) == Step.END
                ? piece.write(result.eventBuffer(), at, MAX_BYTES, 1)
                : RangeAnswer.TOO_LONG;
    }

    private HashPiece hashPiece(final CommandEnvelope query) {
        final StoreHash hash = store.hash(hashRevision(query));
        return new HashPiece(hash, query.type() == KvCommand.HASH);
    }

    private long hashRevision(final CommandEnvelope query) {
        if (query.type() == KvCommand.HASH) {
            return MvccStore.NEWEST;
        }
        wrap(query);
        long revision = 0;
        while (reader.next()) {
            if (reader.field() == 1) {
                revision = reader.number();
            }
        }
        return Math.max(MvccStore.NEWEST, revision);
    }

    private KvError check(final CommandEnvelope query) {
        switch (query.type()) {
            case KvCommand.RANGE:
                wrap(query);
                return range.read(reader)
                        ? check(range.revisionToRead())
                        : KvError.KEY_NOT_PROVIDED;
            case KvCommand.RANGE_CHUNK:
                return chunks.read(
                        query.buffer(), KvCommand.bodyOffset(query), KvCommand.bodyLength(query));
            case KvCommand.TXN_READ:
                return txn.check(
                        query.buffer(),
                        KvCommand.bodyOffset(query),
                        KvCommand.bodyLength(query),
                        false,
                        state.clock().now());
            default:
                return check(hashRevision(query));
        }
    }

    private KvError check(final long revision) {
        if (revision == MvccStore.NEWEST) {
            return null;
        }
        if (store.isFuture(revision)) {
            return KvError.FUTURE_REVISION;
        }
        return store.isCompacted(revision) ? KvError.COMPACTED : null;
    }

    /** Begins a read that was too long. Null: the result says why not. */
    SlicedRead open(final CommandEnvelope query, final Result result) {
        final KvError error = check(query);
        if (error != null) {
            refuse(result, error);
            return null;
        }
        if (isChunk(query)) {
            // That a single key is too long for one go.
            final ExpandableArrayBuffer body = new ExpandableArrayBuffer();
            final int length = chunks.write(body, 0, 0, MAX_STEPS, true);
            return new SlicedResponse(held, new BytesPiece(body, length), chunks.index());
        }
        return new SlicedResponse(held, piece(query), store.revision());
    }

    private Piece piece(final CommandEnvelope query) {
        final DirectBuffer buffer = query.buffer();
        final int offset = KvCommand.bodyOffset(query);
        final int length = KvCommand.bodyLength(query);
        switch (query.type()) {
            case KvCommand.RANGE:
                return new RangePiece(store, buffer, offset, length, store.revision());
            case KvCommand.TXN_READ:
                final TxnPieces pieces = new TxnPieces(store, store.revision());
                txn.forEachRange(buffer, offset, length, pieces);
                return pieces;
            default:
                return hashPiece(query);
        }
    }

    /** Begins to tell what is made in slices. */
    SlicedRead open(final Piece piece) {
        return new SlicedResponse(held, piece, store.revision());
    }

    /** Begins to tell, in slices, what is there already. */
    SlicedRead open(final ExpandableArrayBuffer body, final int length) {
        return new SlicedResponse(held, new BytesPiece(body, length), store.revision());
    }

    /** Whether something is too long to be told in one go. */
    static boolean isTooLong(final int length, final int maxBytes) {
        return length > Math.min(maxBytes, MAX_BYTES);
    }
}
