package io.larch.tools.client;

import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpConnectTimeoutException;
import java.security.NoSuchAlgorithmException;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * One request and its reply, on a connection of its own. Runs on a thread of its own; whoever has
 * waited long enough for it closes it, on any thread.
 */
final class Exchange implements Closeable {
    private final Socket socket = new Socket(Proxy.NO_PROXY);
    private final Request request;
    private final Way way;

    /**
     * How to come to a server.
     *
     * @param place the server, or the proxy.
     * @param isByProxy whether it is a proxy.
     * @param connectMs at least 1.
     * @param tls of https; null: as the Java machine does.
     */
    record Way(InetSocketAddress place, boolean isByProxy, int connectMs, SSLContext tls) {}

    Exchange(final Request request, final Way way) {
        this.request = request;
        this.way = way;
    }

    /**
     * @param onHead says where the body of a reply with this head goes.
     * @throws ConnectException if nobody is there, who then has heard nothing; likewise {@link
     *     HttpConnectTimeoutException}.
     */
    HttpReply run(final Function<HttpReply, TimedBody> onHead) throws IOException {
        connect();
        final Socket connection = request.isSecret() ? secret() : socket;
        connection.getOutputStream().write(request.bytes(way.isByProxy() && !request.isSecret()));
        final ReplyReader reader = new ReplyReader(connection.getInputStream());
        final HttpReply head = reader.head();
        final TimedBody body = onHead.apply(head);
        body.begin();
        reader.body(request.method(), head, body);
        return new HttpReply(head.status(), head.headers(), body.text());
    }

    private void connect() throws IOException {
        try {
            socket.connect(way.place(), way.connectMs());
            socket.setTcpNoDelay(true);
        } catch (final SocketTimeoutException e) {
            throw new HttpConnectTimeoutException("no connection in time");
        } catch (final ConnectException e) {
            throw e;
        } catch (final IOException e) {
            final ConnectException failure = new ConnectException(e.getMessage());
            failure.initCause(e);
            throw failure;
        }
    }

    /** TLS with a server that has the name it was asked by. */
    private Socket secret() throws IOException {
        if (way.isByProxy()) {
            tunnel();
        }
        final String host = request.host().replaceAll("^\\[|]$", "");
        final SSLSocket secret =
                (SSLSocket)
                        tls().getSocketFactory().createSocket(socket, host, request.port(), true);
        final SSLParameters parameters = secret.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secret.setSSLParameters(parameters);
        secret.startHandshake();
        return secret;
    }

    private SSLContext tls() throws IOException {
        try {
            return way.tls() == null ? SSLContext.getDefault() : way.tls();
        } catch (final NoSuchAlgorithmException e) {
            throw new IOException("no TLS in this Java: " + e.getMessage(), e);
        }
    }

    private void tunnel() throws IOException {
        socket.getOutputStream().write(request.tunnelBytes());
        final int status = new ReplyReader(socket.getInputStream()).head().status();
        if (status / 100 != 2) {
            throw new IOException("the proxy lets nobody through: status " + status);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
