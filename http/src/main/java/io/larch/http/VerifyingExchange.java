package io.larch.http;

import io.larch.engine.codec.ErrorCode;
import io.larch.engine.port.Reply;
import io.larch.http.auth.Guard;

/**
 * A request for keys whose sender says who it is and is not known yet: waits until name and
 * password are compared, and then goes on as another exchange. Made for each.
 *
 * <p>On the event loop's thread.
 */
final class VerifyingExchange implements EngineExchange {
    private final ClientConnection connection;
    private final EdgeLoop loop;
    private final Runnable onVerified;
    private Guard.Inquiry inquiry;

    /**
     * @param onVerified goes on with the request.
     */
    VerifyingExchange(
            final ClientConnection connection, final EdgeLoop loop, final Runnable onVerified) {
        this.connection = connection;
        this.loop = loop;
        this.onVerified = onVerified;
    }

    @Override
    public ClientConnection connection() {
        return connection;
    }

    void start() {
        connection.timeout().awaitReply();
        inquiry =
                loop.guard()
                        .verify(
                                connection.request(),
                                connection.client(),
                                answer -> loop.resume(connection, () -> onAnswer(answer)));
    }

    private void onAnswer(final Guard.Answer answer) {
        switch (answer) {
            case ASK_AGAIN -> onVerified.run();
            case REFUSED -> reply(ErrorCode.UNAUTHORIZED, EdgeLoop.INSUFFICIENT_CREDENTIALS);
            case TOO_MANY -> reply(ErrorCode.RAFT_INTERNAL, EdgeLoop.ENGINE_FULL);
        }
    }

    private void reply(final ErrorCode error, final String cause) {
        connection.write(
                loop.keysReplies().error(connection.alloc(), connection.request(), error, cause));
        connection.end(false);
    }

    @Override
    public void onError(final Reply error) {
        throw new IllegalStateException("the engine was not asked");
    }

    @Override
    public void onTimeout() {
        inquiry.cancel();
        reply(ErrorCode.RAFT_INTERNAL, EdgeLoop.TIMED_OUT);
    }

    @Override
    public void onClosed() {
        inquiry.cancel();
    }
}
