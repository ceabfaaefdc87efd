package io.larch.http;

import io.larch.engine.codec.CommandType;
import io.larch.engine.codec.ErrorCode;
import io.larch.http.keys.KeysCodec;
import io.larch.http.keys.KeysPage;
import io.larch.http.route.Page;

/**
 * Gives each request of a connection to the exchange that answers it. Those for keys are made when
 * they are needed, then used again.
 *
 * <p>On the event loop's thread.
 */
final class Exchanges {
    private final HttpConnection connection;
    private final EdgeLoop loop;
    private KeysExchange keysExchange;
    private WatchExchange watchExchange;

    Exchanges(final HttpConnection connection, final EdgeLoop loop) {
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
        } else if (keys.type() == CommandType.WATCH) {
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
