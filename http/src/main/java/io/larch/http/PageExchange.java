package io.larch.http;

import io.larch.engine.codec.ErrorCode;
import io.larch.engine.port.Query;
import io.larch.engine.port.QueryViews;
import io.larch.engine.port.Reply;
import io.larch.http.auth.Guard;
import io.larch.http.keys.KeysCodec;
import io.larch.http.route.CommandEncoder;
import io.larch.http.route.Exchange;
import io.larch.http.text.JsonWriter;
import io.larch.http.wire.HttpRequest;
import io.larch.http.wire.ReplyWriter;
import java.util.function.Consumer;
import org.agrona.ExpandableArrayBuffer;

/**
 * A request for a page: the page prints the reply, and may ask the engine before. Made for each.
 *
 * <p>On the event loop's thread.
 */
final class PageExchange implements EngineExchange, Exchange {
    private final ClientConnection connection;
    private final EdgeLoop loop;
    private final EngineRequests requests;

    /** Counts what was asked; only the newest question's answer is of use. */
    private long askSequence;

    /** What to do without an answer; null while none is waited for. */
    private Runnable onNoAnswer;

    /** Takes the value of the key that was asked for; null while none is. */
    private Consumer<String> keyReader;

    /** Takes the answer to another application's command; null while none is awaited. */
    private Consumer<Reply> commandReader;

    private long correlationId;

    /** The file that is being sent; null while none is. */
    private StateReply stateReply;

    /** What is found out about the sender; null while nothing is. */
    private Guard.Inquiry inquiry;

    PageExchange(final ClientConnection connection, final EdgeLoop loop) {
        this.connection = connection;
        this.loop = loop;
        this.requests = loop.requests();
    }

    @Override
    public ClientConnection connection() {
        return connection;
    }

    @Override
    public HttpRequest request() {
        return connection.request();
    }

    @Override
    public JsonWriter body() {
        return connection.replies().body();
    }

    @Override
    public void reply(final int status, final byte[] headers, final boolean hasClusterId) {
        connection.write(
                connection
                        .replies()
                        .reply(
                                connection.alloc(),
                                connection.request(),
                                status,
                                headers,
                                hasClusterId,
                                ReplyWriter.NO_INDEX,
                                ReplyWriter.NO_INDEX,
                                ReplyWriter.NO_INDEX));
        connection.end(false);
    }

    // --- who asks ---

    @Override
    public void asRoot(final Runnable whenAllowed) {
        switch (loop.guard().root(connection.request())) {
            case ALLOWED -> whenAllowed.run();
            case REFUSED -> insufficientCredentials();
            case UNVERIFIED -> verify(whenAllowed);
        }
    }

    private void verify(final Runnable whenAllowed) {
        awaitSomething(() -> message(500, EdgeLoop.TIMED_OUT, false));
        inquiry =
                loop.guard()
                        .verify(
                                connection.request(),
                                connection.client(),
                                answer ->
                                        loop.resume(
                                                connection, () -> verified(answer, whenAllowed)));
    }

    private void verified(final Guard.Answer answer, final Runnable whenAllowed) {
        inquiry = null;
        onNoAnswer = null;
        connection.timeout().clear();
        switch (answer) {
            case ASK_AGAIN -> asRoot(whenAllowed);
            case REFUSED -> insufficientCredentials();
            case TOO_MANY -> message(503, EdgeLoop.ENGINE_FULL, false);
        }
    }

    private void insufficientCredentials() {
        message(401, EdgeLoop.INSUFFICIENT_CREDENTIALS, false);
    }

    @Override
    public void hash(final byte[] password, final Consumer<String> onHash) {
        final long mine = awaitSomething(() -> onHash.accept(null));
        loop.guard()
                .hash(
                        password,
                        connection.client(),
                        hash ->
                                loop.resume(
                                        connection,
                                        () -> {
                                            if (mine == askSequence) {
                                                askSequence++;
                                                onNoAnswer = null;
                                                onHash.accept(hash);
                                            }
                                        }));
    }

    private long awaitSomething(final Runnable onNone) {
        onNoAnswer = onNone;
        connection.timeout().awaitReply();
        return ++askSequence;
    }

    // --- questions ---

    @Override
    public <R> void ask(
            final Query.Kind kind, final Consumer<R> onAnswer, final Runnable onNoAnswer) {
        ask(kind, null, onAnswer, onNoAnswer, unwanted -> {});
    }

    @Override
    public void change(
            final Query.MemberChange change,
            final Consumer<QueryViews.MemberChanged> onAnswer,
            final Runnable onNoAnswer) {
        ask(Query.Kind.CHANGE_MEMBERS, change, onAnswer, onNoAnswer, unwanted -> {});
    }

    @Override
    public void sendState(final Consumer<String> onRefused) {
        ask(
                Query.Kind.STATE,
                null,
                (QueryViews.State state) -> {
                    if (state.file() == null) {
                        onRefused.accept(state.reason());
                    } else {
                        stateReply = new StateReply(connection, loop, state.file());
                        stateReply.start();
                    }
                },
                () -> onRefused.accept(EdgeLoop.TIMED_OUT),
                unwanted -> {
                    if (unwanted.file() != null) {
                        unwanted.file().close();
                    }
                });
    }

    private <R> void ask(
            final Query.Kind kind,
            final Query.MemberChange change,
            final Consumer<R> onAnswer,
            final Runnable onNoAnswer,
            final Consumer<R> onUnwanted) {
        final long mine = ++askSequence;
        this.onNoAnswer = onNoAnswer;
        awaitAnswer(kind);
        final Query<R> query =
                new Query<>() {
                    @Override
                    public Kind kind() {
                        return kind;
                    }

                    @Override
                    public Query.MemberChange change() {
                        return change;
                    }

                    @Override
                    public void answer(final R result) {
                        if (mine == askSequence) {
                            onAnswer(result, onAnswer);
                        } else {
                            onUnwanted.accept(result);
                        }
                    }
                };
        if (!requests.ask(query) && mine == askSequence) {
            giveUp();
        }
    }

    private void awaitAnswer(final Query.Kind kind) {
        if (kind.isProbe()) {
            connection.timeout().awaitProbe();
        } else if (kind == Query.Kind.STATE) {
            connection.timeout().awaitState();
        } else {
            connection.timeout().awaitReply();
        }
    }

    /** The engine calls this itself, so what goes wrong here must not become its own fault. */
    private <R> void onAnswer(final R answer, final Consumer<R> reader) {
        askSequence++;
        onNoAnswer = null;
        try {
            reader.accept(answer);
        } catch (final RuntimeException | Error e) {
            loop.faults().end(connection, e);
        }
        loop.flushes().flushUnlessReading();
    }

    private void giveUp() {
        askSequence++;
        if (inquiry != null) {
            inquiry.cancel();
            inquiry = null;
        }
        if (keyReader != null || commandReader != null) {
            keyReader = null;
            commandReader = null;
            requests.forget(correlationId);
        }
        final Runnable reply = onNoAnswer;
        onNoAnswer = null;
        reply.run();
    }

    // --- commands of other applications ---

    @Override
    public void command(
            final CommandEncoder encoder, final Consumer<Reply> onReply, final Runnable onNoReply) {
        commandReader = onReply;
        awaitSomething(onNoReply);
        final long id = requests.register(this);
        correlationId = id;
        final ExpandableArrayBuffer command = new ExpandableArrayBuffer();
        final int length = encoder.encode(command, id, loop.epochNanos());
        if (!requests.offer(command, length) && commandReader != null && correlationId == id) {
            giveUp();
        }
    }

    private void onCommand(final Reply reply) {
        final Consumer<Reply> reader = commandReader;
        commandReader = null;
        onNoAnswer = null;
        askSequence++;
        reader.accept(reply);
    }

    // --- keys ---

    @Override
    public void readKey(
            final String path, final Consumer<String> onValue, final Runnable onFailure) {
        final long id = awaitKey(onValue, onFailure);
        loop.keys().encodeGet(path, id, loop.epochNanos());
        offerKey(id);
    }

    @Override
    public void writeKey(
            final String path,
            final String value,
            final Runnable onDone,
            final Runnable onFailure) {
        final long id = awaitKey(written -> onDone.run(), onFailure);
        loop.keys().encodeSet(path, value, id, loop.epochNanos());
        offerKey(id);
    }

    private long awaitKey(final Consumer<String> onValue, final Runnable onFailure) {
        keyReader = onValue;
        onNoAnswer = onFailure;
        askSequence++;
        correlationId = requests.register(this);
        connection.timeout().awaitReply();
        return correlationId;
    }

    private void offerKey(final long id) {
        if (!requests.offerCommand() && keyReader != null && correlationId == id) {
            giveUp();
        }
    }

    @Override
    public void onResult(final Reply result) {
        if (commandReader != null) {
            onCommand(result);
            return;
        }
        onKey(KeysCodec.valueOf(result.bytes(), result.offset()));
    }

    @Override
    public void onError(final Reply error) {
        if (commandReader != null) {
            onCommand(error);
        } else if (error.error() == ErrorCode.KEY_NOT_FOUND) {
            onKey(null);
        } else {
            giveUp();
        }
    }

    private void onKey(final String value) {
        final Consumer<String> reader = keyReader;
        keyReader = null;
        onNoAnswer = null;
        reader.accept(value);
    }

    /** No page has a use for so much. */
    @Override
    public void onReadOpened() {
        requests.cancel(correlationId);
        giveUp();
    }

    // --- ends before there is an answer ---

    @Override
    public void onInputEnd() {
        if (keyReader != null || commandReader != null) {
            requests.doNotHandOn(correlationId);
        }
    }

    @Override
    public void onWritable() {
        if (stateReply != null) {
            stateReply.onWritable();
        }
    }

    @Override
    public void onTimeout() {
        if (stateReply != null) {
            stateReply.fail();
        } else {
            giveUp();
        }
    }

    @Override
    public void onClosed() {
        if (stateReply != null) {
            stateReply.close();
        }
        askSequence++;
        onNoAnswer = null;
        if (inquiry != null) {
            inquiry.cancel();
        }
        if (keyReader != null || commandReader != null) {
            keyReader = null;
            commandReader = null;
            requests.cancel(correlationId);
        }
    }
}
