package io.larch.http.v3.service;

import io.larch.engine.codec.kv.KvCommand;
import io.larch.engine.codec.kv.KvEvents;
import io.larch.engine.codec.kv.KvReply;
import io.larch.engine.codec.kv.ProtoReader;
import io.larch.engine.port.Reply;
import io.larch.http.engine.EngineAnswers;
import io.larch.http.engine.SharedBytes;
import io.larch.http.output.Outlet;
import io.larch.http.v3.rpc.CallTimers;
import io.larch.http.v3.rpc.RpcCall;
import io.larch.http.v3.rpc.RpcHandler;
import io.netty.buffer.ByteBuf;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.agrona.DirectBuffer;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongArrayList;

/**
 * A client's stream of watches. Ids, the words that a watch is created or canceled, fragments and
 * progress are made here; what has happened the engine tells.
 *
 * <p>While the client does not read, no event is kept for it: {@link KvWatch}es that have something
 * to say are taken back from the engine, which is asked again from where each was when the client
 * has caught up. To the client that looks as if events had come late.
 *
 * <p>One call's.
 */
final class WatchStream implements RpcHandler {
    /** Longer events are shared by all who are told them. */
    private static final int COPIED_BYTES = 4 << 10;

    /** From here on the client is behind. */
    private static final int LAG_BYTES = 256 << 10;

    private static final int CREATE = 1;
    private static final int CANCEL = 2;
    private static final int PROGRESS = 3;
    private static final int CANCELED_WATCH_ID = 1;

    /** Of what is for the whole stream, or for no watch. */
    private static final long NO_WATCH = -1;

    private static final String EMPTY_RANGE = "mvcc: watcher range is empty";
    private static final String DUPLICATE_ID =
            "mvcc: duplicate watch ID provided on the WatchStream";

    private static final int PROGRESS_JITTER = 10;

    private final ServiceLoop loop;
    private final RpcCall call;
    private final LeaderWatch leaders;
    private final Long2ObjectHashMap<KvWatch> watches = new Long2ObjectHashMap<>(8, 0.85f);
    private final List<KvWatch> lagging = new ArrayList<>();
    private final ProtoReader reader = new ProtoReader();
    private final ProtoReader inner = new ProtoReader();
    private final ExpandableArrayBuffer body = new ExpandableArrayBuffer(64);

    /** Questions about the revision that are not answered yet. */
    private final LongArrayList asked = new LongArrayList();

    private long nextId;
    private long progressTimer = CallTimers.NONE;
    private long resumeTimer = CallTimers.NONE;
    private boolean isOver;

    private WatchStream(final ServiceLoop loop, final RpcCall call, final LeaderWatch leaders) {
        this.loop = loop;
        this.call = call;
        this.leaders = leaders;
    }

    static RpcHandler start(final ServiceLoop loop, final RpcCall call, final LeaderWatch leaders) {
        final WatchStream stream = new WatchStream(loop, call, leaders);
        call.bePatient();
        if (LeaderWatch.isWanted(call)) {
            leaders.add(call);
        }
        return stream;
    }

    ServiceLoop loop() {
        return loop;
    }

    RpcCall call() {
        return call;
    }

    // --- requests ---

    @Override
    public void onMessage(final DirectBuffer buffer, final int offset, final int length) {
        int kind = 0;
        int at = 0;
        int innerLength = 0;
        reader.wrap(buffer, offset, length);
        while (reader.next()) {
            if (reader.is(ProtoReader.BYTES) && reader.field() <= PROGRESS) {
                kind = reader.field();
                at = reader.offset();
                innerLength = reader.length();
            }
        }
        if (reader.isBroken()) {
            Refusal.MALFORMED.end(call);
            return;
        }
        switch (kind) {
            case CREATE -> create(buffer, at, innerLength);
            case CANCEL -> cancel(buffer, at, innerLength);
            case PROGRESS -> askForProgress();
            // As in etcd, what is none of them is passed over.
            default -> {}
        }
    }

    private void create(final DirectBuffer buffer, final int offset, final int length) {
        final WatchRequest request = WatchRequest.read(buffer, offset, length);
        if (request == null) {
            Refusal.MALFORMED.end(call);
            return;
        }
        if (!request.hasKnownFilters()) {
            Refusal.UNKNOWN_VALUE.end(call);
            return;
        }
        if (request.startRevision() < 0) {
            refuse("etcdserver: mvcc: required revision has been compacted");
            return;
        }
        if (request.isRangeEmpty()) {
            refuse(EMPTY_RANGE);
            return;
        }
        if (request.watchId() != 0 && watches.containsKey(request.watchId())) {
            refuse(DUPLICATE_ID);
            return;
        }
        if (!loop.watches().take(request.bytes().length)) {
            // Said without asking anybody: who is refused must not cost anything either.
            send(
                    NO_WATCH,
                    0,
                    loop.raftTerm(),
                    WatchWords.refused(Refusal.TOO_MANY_REQUESTS.text()));
            return;
        }
        long id = request.watchId();
        if (id == 0) {
            while (watches.containsKey(nextId)) {
                nextId++;
            }
            id = nextId++;
        }
        final KvWatch watch = new KvWatch(this, id, request);
        watches.put(id, watch);
        if (request.isProgressWanted()) {
            setProgressTimer();
        }
        watch.start();
    }

    private void refuse(final String reason) {
        askRevision(
                new long[0],
                answer ->
                        send(
                                NO_WATCH,
                                answer.storeIndex(),
                                answer.raftTerm(),
                                WatchWords.refused(reason)));
    }

    private void cancel(final DirectBuffer buffer, final int offset, final int length) {
        long id = 0;
        inner.wrap(buffer, offset, length);
        while (inner.next()) {
            if (inner.field() == CANCELED_WATCH_ID) {
                id = inner.number();
            }
        }
        final KvWatch watch = watches.remove(id);
        if (watch != null) {
            loop.watches().give(watch.requestBytes());
            watch.stop();
            lagging.remove(watch);
            final long canceled = id;
            askRevision(
                    new long[0],
                    answer ->
                            send(
                                    canceled,
                                    answer.storeIndex(),
                                    answer.raftTerm(),
                                    WatchWords.canceled()));
        }
    }

    /** Nothing is said while one of the watches is behind: it would be a lie. */
    private void askForProgress() {
        final long[] ids = new long[watches.size()];
        int count = 0;
        for (final KvWatch watch : watches.values()) {
            if (!watch.isListening()) {
                return;
            }
            ids[count++] = watch.correlationId();
        }
        askRevision(
                ids,
                answer -> {
                    if (isSynced(answer) && areAllListening()) {
                        send(
                                NO_WATCH,
                                answer.storeIndex(),
                                answer.raftTerm(),
                                WatchWords.nothing());
                    }
                });
    }

    private boolean areAllListening() {
        for (final KvWatch watch : watches.values()) {
            if (!watch.isListening()) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSynced(final Reply answer) {
        return answer.bytes().getByte(answer.offset() + KvReply.HEAD_LENGTH) != 0;
    }

    // --- the store's revision, and whether watches have been told all of it ---

    /** Takes the answer to a question. */
    private interface Answer {
        void take(Reply answer);
    }

    private final class Question implements EngineAnswers {
        private final Answer then;
        private long id;

        Question(final Answer then) {
            this.then = then;
        }

        @Override
        public Outlet connection() {
            return call.outlet();
        }

        /** It says that everything up to a revision was told. */
        @Override
        public boolean isOfWatch() {
            return true;
        }

        @Override
        public void onResult(final Reply result) {
            asked.removeLong(id);
            loop.noteTerm(result.raftTerm());
            if (KvReply.error(result.bytes(), result.offset()) == null) {
                then.take(result);
            }
        }

        @Override
        public void onError(final Reply error) {
            asked.removeLong(id);
            EngineFailure.of(error).end(call);
        }
    }

    private void askRevision(final long[] watchIds, final Answer then) {
        final Question question = new Question(then);
        final long id = loop.engine().register(question);
        question.id = id;
        asked.addLong(id);
        final boolean isTaken =
                loop.offer(
                        KvCommand.PROGRESS,
                        0,
                        id,
                        (target, at) -> {
                            int end = at;
                            for (final long watchId : watchIds) {
                                target.putLong(end, watchId, ByteOrder.LITTLE_ENDIAN);
                                end += Long.BYTES;
                            }
                            return end;
                        });
        if (!isTaken && !isOver) {
            asked.removeLong(id);
            loop.engine().forget(id);
            Refusal.TOO_MANY_REQUESTS.end(call);
        }
    }

    // --- progress from time to time ---

    private void setProgressTimer() {
        if (progressTimer == CallTimers.NONE && !isOver) {
            final long nanos = loop.settings().progressIntervalNanos();
            final long now = loop.engine().nanoTime();
            progressTimer =
                    loop.timers()
                            .set(
                                    now + nanos + loop.randomNanos(nanos / PROGRESS_JITTER + 1),
                                    now,
                                    this::onProgressTime);
        }
    }

    private void onProgressTime() {
        progressTimer = CallTimers.NONE;
        boolean isWanted = false;
        for (final KvWatch watch : List.copyOf(watches.values())) {
            if (watch.isProgressWanted()) {
                isWanted = true;
                if (!watch.hasSpokenSince() && watch.isListening()) {
                    tellProgress(watch);
                }
            }
        }
        if (isWanted) {
            setProgressTimer();
        }
        loop.engine().flushUnlessReading();
    }

    private void tellProgress(final KvWatch watch) {
        askRevision(
                new long[] {watch.correlationId()},
                answer -> {
                    if (isSynced(answer) && watch.isListening()) {
                        send(
                                watch.id(),
                                answer.storeIndex(),
                                answer.raftTerm(),
                                WatchWords.nothing());
                    }
                });
    }

    // --- what watches say ---

    /** A message without events. */
    void send(
            final long watchId, final long revision, final long raftTerm, final WatchWords words) {
        if (isOver) {
            return;
        }
        final int length = words.encode(body, watchId);
        call.send(loop.message(call, revision, raftTerm, body, 0, length));
    }

    /**
     * A message with events.
     *
     * @param events the engine's message; its bytes from a place on are sent as they stand.
     * @param shared the same bytes, for long ones.
     */
    void sendEvents(
            final long watchId,
            final boolean isFragment,
            final Reply events,
            final SharedBytes shared,
            final int from,
            final int length) {
        final int wordsLength = WatchWords.events(isFragment).encode(body, watchId);
        final int headerLength = encodeHeader(events);
        if (length <= COPIED_BYTES) {
            final ByteBuf message = call.shortMessage(headerLength + wordsLength + length);
            loop.header().writeTo(message);
            loop.append(message, body, 0, wordsLength);
            loop.append(message, events.bytes(), events.offset() + from, length);
            call.sendShort(message);
        } else {
            sendLong(wordsLength, headerLength, shared.slice(call.alloc(), from, length));
        }
    }

    /**
     * A message with events that came one after the other.
     *
     * @param last the engine's last message of them.
     * @param events as they stand in the message; taken over.
     */
    void sendJoined(final long watchId, final Reply last, final ByteBuf events) {
        sendLong(WatchWords.events(false).encode(body, watchId), encodeHeader(last), events);
    }

    private int encodeHeader(final Reply events) {
        return loop.header()
                .encode(KvEvents.revision(events.bytes(), events.offset()), loop.raftTerm());
    }

    private void sendLong(final int wordsLength, final int headerLength, final ByteBuf events) {
        final ByteBuf first = call.alloc().directBuffer(headerLength + wordsLength);
        loop.header().writeTo(first);
        loop.append(first, body, 0, wordsLength);
        call.sendLong((long) headerLength + wordsLength + events.readableBytes(), first);
        call.sendPiece(events);
    }

    /** Whether the client is so far behind that no events shall be kept for it. */
    boolean isBehind() {
        return call.pendingBytes() > LAG_BYTES;
    }

    /** A watch has given up its place in the engine until the client has caught up. */
    void lags(final KvWatch watch) {
        lagging.add(watch);
        if (call.isWritable()) {
            // It waits for a flush alone, of which the client's windows say nothing.
            resumeLater();
        }
    }

    /** The engine has ended a watch that is not over. */
    void resumeSoon(final KvWatch watch) {
        lagging.add(watch);
        resumeLater();
    }

    private void resumeLater() {
        if (resumeTimer == CallTimers.NONE && !isOver) {
            final long now = loop.engine().nanoTime();
            resumeTimer =
                    loop.timers()
                            .set(
                                    now,
                                    now,
                                    () -> {
                                        resumeTimer = CallTimers.NONE;
                                        onWritable();
                                        if (!lagging.isEmpty() && call.isWritable()) {
                                            resumeLater();
                                        }
                                        loop.engine().flushUnlessReading();
                                    });
        }
    }

    /** A watch is over. */
    void ended(final KvWatch watch) {
        if (watches.remove(watch.id()) != null) {
            loop.watches().give(watch.requestBytes());
        }
    }

    /** The engine does not tell this stream anything any more. */
    void fail(final Refusal why) {
        why.end(call);
    }

    // --- the call's news ---

    @Override
    public void onWritable() {
        if (!lagging.isEmpty() && call.pendingBytes() <= LAG_BYTES / 4) {
            final List<KvWatch> resumed = List.copyOf(lagging);
            lagging.clear();
            for (final KvWatch watch : resumed) {
                if (!isOver) {
                    watch.resume();
                }
            }
        }
    }

    @Override
    public void onHalfClose() {
        // As in etcd, watches go on for a client that has nothing more to ask.
    }

    @Override
    public void onTimeout() {
        // A stream has no end of its own.
    }

    @Override
    public void onShutdown() {
        Refusal.STOPPED.end(call);
    }

    @Override
    public void onClosed() {
        isOver = true;
        loop.timers().clear(progressTimer);
        loop.timers().clear(resumeTimer);
        leaders.remove(call);
        for (final KvWatch watch : watches.values()) {
            loop.watches().give(watch.requestBytes());
            watch.stop();
        }
        watches.clear();
        lagging.clear();
        for (int i = 0; i < asked.size(); i++) {
            loop.engine().forget(asked.getLong(i));
        }
        asked.clear();
    }
}
