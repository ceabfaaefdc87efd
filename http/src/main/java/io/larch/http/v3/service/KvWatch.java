package io.larch.http.v3.service;

import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvEvents;
import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.codec.kv.ProtoWriter;
import io.larch.engine.port.Reply;
import io.larch.http.engine.EngineAnswers;
import io.larch.http.engine.SharedBytes;
import io.larch.http.output.Outlet;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import org.agrona.DirectBuffer;

/**
 * One watch of a {@link WatchStream}. While its client does not keep up it has no place in the
 * engine, and is no more than the revision up to which it has been told everything.
 *
 * <p>One stream's.
 */
final class KvWatch implements EngineAnswers {
    private enum State {
        /** The engine has been asked; the client has heard nothing of it. */
        STARTING,
        /** The engine tells it everything. */
        LISTENING,
        /** It waits for its client. */
        LAGGING,
        /** The engine has been asked again. */
        RESUMING,
        OVER
    }

    /** etcd has no bound of its own: there the client's limit of a message ends its stream. */
    private static final String TOO_LONG =
            "etcdserver: events of one revision are too large for one message, ask for fragments";

    private static final int EVENT_KV = 2;
    private static final int KV_MOD_REVISION = 3;
    private static final long NONE = 0;

    private final WatchStream stream;
    private final long id;

    /** What the engine is asked. Of the rest of the request only this is kept: there are many. */
    private final byte[] request;

    private final boolean isProgressWanted;
    private final boolean isFragmented;
    private State state = State.STARTING;
    private long correlationId = NONE;

    /**
     * Up to here, inclusive, the client has been told everything, or wants to hear nothing;
     * negative: up to what there is when it is created.
     */
    private long lastRevision;

    /** The client has been told that there is such a watch. */
    private boolean isCreated;

    private boolean hasSpoken;

    /** Events of a revision that is not told as a whole yet; null without. */
    private CompositeByteBuf begun;

    /** A part of a revision was told, and the rest has to follow. */
    private boolean isMidRevision;

    /** Events of that revision that the client has as fragments, and that the engine has told. */
    private int sentOfRevision;

    private int heardOfRevision;

    KvWatch(final WatchStream stream, final long id, final WatchRequest request) {
        this.stream = stream;
        this.id = id;
        this.request = request.bytes();
        isProgressWanted = request.isProgressWanted();
        isFragmented = request.isFragmented();
        lastRevision = request.startRevision() - 1;
    }

    @Override
    public Outlet connection() {
        return stream.call().outlet();
    }

    long id() {
        return id;
    }

    long correlationId() {
        return correlationId;
    }

    boolean isListening() {
        return state == State.LISTENING;
    }

    /** What its request takes. */
    int requestBytes() {
        return request.length;
    }

    boolean isProgressWanted() {
        return isProgressWanted;
    }

    /** Whether it has told events since this was asked last. */
    boolean hasSpokenSince() {
        final boolean spoken = hasSpoken;
        hasSpoken = false;
        return spoken;
    }

    // --- its place in the engine ---

    /** Asks the engine for the first time. */
    void start() {
        ask(0);
    }

    /** Asks again, from where it was. */
    void resume() {
        if (state == State.LAGGING) {
            state = isCreated ? State.RESUMING : State.STARTING;
            ask(isCreated ? lastRevision + 1 : 0);
        }
    }

    /**
     * @param startRevision in place of the client's; 0: the client's.
     */
    private void ask(final long startRevision) {
        final ServiceLoop loop = stream.loop();
        final long mine = loop.engine().register(this);
        correlationId = mine;
        final boolean isTaken =
                loop.offer(
                        KvCommand.WATCH,
                        0,
                        mine,
                        (target, at) -> {
                            target.putBytes(at, request);
                            // Of a field that is there twice the last counts.
                            return ProtoWriter.number(
                                    target,
                                    at + request.length,
                                    WatchRequest.START_REVISION,
                                    startRevision);
                        });
        if (!isTaken && correlationId == mine) {
            loop.engine().forget(mine);
            correlationId = NONE;
            stream.fail(Refusal.TOO_MANY_REQUESTS);
        }
    }

    /** Nothing more is told. */
    void stop() {
        if (correlationId != NONE) {
            stream.loop().engine().cancel(correlationId);
            correlationId = NONE;
        }
        state = State.OVER;
        forgetBegun();
    }

    /** Of a revision that is told anew from its start. */
    private void forgetBegun() {
        if (begun != null) {
            takeBegun().release();
        }
    }

    /** What was joined is the caller's, and counts no more as waiting. */
    private ByteBuf takeBegun() {
        final ByteBuf events = begun;
        stream.loop().joined().give(events.readableBytes());
        begun = null;
        return events;
    }

    private void lag() {
        stream.loop().engine().cancel(correlationId);
        correlationId = NONE;
        state = State.LAGGING;
        stream.lags(this);
    }

    // --- what the engine says ---

    @Override
    public boolean isOfWatch() {
        return true;
    }

    @Override
    public void onWatchStart(final Reply start) {
        stream.loop().noteTerm(start.raftTerm());
        state = State.LISTENING;
        if (!isCreated) {
            isCreated = true;
            if (lastRevision < 0) {
                lastRevision = start.storeIndex();
            }
            stream.send(id, start.storeIndex(), start.raftTerm(), WatchWords.created());
        }
    }

    @Override
    public void onEvents(final Reply events, final SharedBytes shared) {
        if (state != State.LISTENING) {
            return;
        }
        final DirectBuffer bytes = events.bytes();
        final int offset = events.offset();
        if (KvEvents.isCompacted(bytes, offset)) {
            endCompacted(KvEvents.compactRevision(bytes, offset));
        } else if (stream.isBehind() && !isMidRevision) {
            // Of what was before these events it has missed nothing.
            lastRevision = Math.max(lastRevision, revision(events, true) - 1);
            lag();
        } else {
            tell(events, shared);
        }
    }

    private void endCompacted(final long compactRevision) {
        state = State.OVER;
        forgetBegun();
        stream.ended(this);
        stream.send(id, 0, stream.loop().raftTerm(), WatchWords.compacted(compactRevision));
    }

    private void tell(final Reply events, final SharedBytes shared) {
        lastRevision = KvEvents.lastRevision(events.bytes(), events.offset());
        if (KvEvents.count(events.bytes(), events.offset()) == 0) {
            return;
        }
        hasSpoken = true;
        isMidRevision = revision(events, false) > lastRevision;
        if (isFragmented) {
            tellFragments(events, shared);
        } else if (isMidRevision || begun != null) {
            join(events);
        } else {
            stream.sendEvents(
                    id,
                    false,
                    events,
                    shared,
                    KvEvents.HEAD_LENGTH,
                    events.length() - KvEvents.HEAD_LENGTH);
        }
    }

    /** Whoever does not know of fragments is told a revision as a whole. */
    private void join(final Reply events) {
        final int length = events.length() - KvEvents.HEAD_LENGTH;
        if (!stream.loop().joined().take(length)) {
            endTooLong(events);
            return;
        }
        if (begun == null) {
            begun = stream.call().alloc().compositeBuffer(Integer.MAX_VALUE);
        }
        final ByteBuf part = stream.call().alloc().directBuffer(length);
        stream.loop().append(part, events.bytes(), events.offset() + KvEvents.HEAD_LENGTH, length);
        begun.addComponent(true, part);
        if (!isMidRevision) {
            stream.sendJoined(id, events, takeBegun());
        }
    }

    /** Would it be told again from here, the same would come of it. */
    private void endTooLong(final Reply events) {
        stop();
        stream.ended(this);
        stream.send(
                id,
                KvEvents.revision(events.bytes(), events.offset()),
                stream.loop().raftTerm(),
                WatchWords.canceled(TOO_LONG));
    }

    /**
     * As many events in a message as fit, one at least. Of a revision that the engine tells again,
     * since it ended the watch in the midst of it, only what the client has not got.
     */
    private void tellFragments(final Reply events, final SharedBytes shared) {
        final int max = stream.loop().settings().maxMessageBytes();
        final ProtoReader reader = reader(events);
        int from = KvEvents.HEAD_LENGTH;
        int to = from;
        while (reader.next()) {
            final int end = reader.offset() + reader.length() - events.offset();
            if (to > from && end - from >= max) {
                stream.sendEvents(id, true, events, shared, from, to - from);
                from = to;
            }
            to = end;
            if (++heardOfRevision <= sentOfRevision) {
                from = to;
            }
        }
        if (to > from) {
            stream.sendEvents(id, isMidRevision, events, shared, from, to - from);
        }
        sentOfRevision = isMidRevision ? Math.max(sentOfRevision, heardOfRevision) : 0;
        heardOfRevision = isMidRevision ? heardOfRevision : 0;
    }

    private static ProtoReader reader(final Reply events) {
        return new ProtoReader()
                .wrap(
                        events.bytes(),
                        events.offset() + KvEvents.HEAD_LENGTH,
                        events.length() - KvEvents.HEAD_LENGTH);
    }

    /** That of the first event, or of the last. */
    private static long revision(final Reply events, final boolean isOfFirst) {
        final ProtoReader reader = reader(events);
        int offset = 0;
        int length = 0;
        while ((length == 0 || !isOfFirst) && reader.next()) {
            offset = reader.offset();
            length = reader.length();
        }
        reader.wrap(events.bytes(), offset, length);
        int kvOffset = 0;
        int kvLength = 0;
        while (reader.next()) {
            if (reader.field() == EVENT_KV) {
                kvOffset = reader.offset();
                kvLength = reader.length();
            }
        }
        reader.wrap(events.bytes(), kvOffset, kvLength);
        long revision = 0;
        while (reader.next()) {
            if (reader.field() == KV_MOD_REVISION) {
                revision = reader.number();
            }
        }
        return revision;
    }

    /** Not for its sake: the state it looked at is no more. It is taken up where it was. */
    @Override
    public void onWatchEnd() {
        correlationId = NONE;
        if (state != State.OVER) {
            state = State.LAGGING;
            isMidRevision = false;
            heardOfRevision = 0;
            forgetBegun();
            stream.resumeSoon(this);
        }
    }

    @Override
    public void onError(final Reply error) {
        correlationId = NONE;
        state = State.OVER;
        if (!isCreated) {
            stream.ended(this);
            stream.send(
                    -1,
                    error.storeIndex(),
                    stream.loop().raftTerm(),
                    WatchWords.refused(EngineFailure.of(error).text()));
        } else {
            stream.fail(EngineFailure.of(error));
        }
    }
}
