package io.larch.http;

import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.ErrorCode;
import io.larch.http.auth.Guard;
import io.larch.http.keys.KeysCodec;
import io.larch.http.keys.KeysPage;
import io.larch.http.route.Page;
import io.larch.http.v3.gateway.GatewayPage;
import io.larch.http.v3.gateway.Route;
import io.larch.http.wire.HttpRequest;

/**
 * Gives each request of a connection to the exchange that answers it. Those for keys are made when
 * they are needed, then used again.
 *
 * <p>On the event loop's thread.
 */
final class Exchanges {
    private final ClientConnection connection;
    private final EdgeLoop loop;
    private KeysExchange keysExchange;
    private WatchExchange watchExchange;

    Exchanges(final ClientConnection connection, final EdgeLoop loop) {
        this.connection = connection;
        this.loop = loop;
    }

    /**
     * Begins with the connection's request; it may be answered within the call.
     *
     * @param readNanos when its last bytes came, on the clock of the commands' time stamps.
     */
    void begin(final Page page, final long readNanos) {
        if (KeysPage.isKeys(page, connection.request().method())) {
            beginKeys(readNanos);
            return;
        }
        final Route route = GatewayPage.call(page, connection.request());
        if (route != null) {
            final GatewayExchange exchange =
                    new GatewayExchange(connection, loop, route, loop.rpc(route.method()));
            connection.answerBy(exchange);
            exchange.start();
        } else {
            final PageExchange exchange = new PageExchange(connection, loop);
            connection.answerBy(exchange);
            page.handle(exchange);
        }
    }

    private void beginKeys(final long readNanos) {
        final KeysCodec keys = loop.keys();
        final ErrorCode error = keys.parse(connection.request());
        if (error != null) {
            connection.write(
                    loop.keysReplies()
                            .error(connection.alloc(), connection.request(), error, keys.cause()));
            connection.end(false);
        } else if (isAllowed(keys, readNanos)) {
            if (keys.type() == CommandType.WATCH) {
                if (watchExchange == null) {
                    watchExchange = new WatchExchange(connection, loop);
                }
                connection.answerBy(watchExchange);
                watchExchange.start(keys, readNanos);
            } else {
                if (keysExchange == null) {
                    keysExchange = new KeysExchange(connection, loop);
                }
                connection.answerBy(keysExchange);
                keysExchange.start(keys, readNanos);
            }
        }
    }

    /** Who may not do what it asks, or is not known yet, gets no further. */
    private boolean isAllowed(final KeysCodec keys, final long readNanos) {
        final HttpRequest request = connection.request();
        final int keyFrom = request.pathFrom() + KeysCodec.PREFIX.length();
        final Guard.Decision decision = loop.guard().key(request, keyFrom, keys.isRecursive());
        if (decision == Guard.Decision.REFUSED) {
            connection.write(
                    loop.keysReplies()
                            .error(
                                    connection.alloc(),
                                    request,
                                    ErrorCode.UNAUTHORIZED,
                                    EdgeLoop.INSUFFICIENT_CREDENTIALS));
            connection.end(false);
        } else if (decision == Guard.Decision.UNVERIFIED) {
            // It is parsed again when it goes on, since others are meanwhile.
            final VerifyingExchange verifying =
                    new VerifyingExchange(connection, loop, () -> beginKeys(readNanos));
            connection.answerBy(verifying);
            verifying.start();
        }
        return decision == Guard.Decision.ALLOWED;
    }
}
