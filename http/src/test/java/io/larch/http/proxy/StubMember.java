package io.larch.http.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A member by hand: notes what it is asked, and answers as a test says, on a thread a connection.
 */
final class StubMember implements AutoCloseable {
    /** What it does with a request. */
    interface Script {
        /**
         * @return whether the connection goes on.
         */
        boolean answer(String request, OutputStream out) throws IOException;
    }

    private final ServerSocket listener =
            new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicInteger closed = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private volatile boolean isResetting;
    private final Script script;

    StubMember(final Script script) throws IOException {
        this.script = script;
        final Thread acceptor = new Thread(this::accept, "stub");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    /** Answers everything alike. */
    static StubMember saying(final String response) throws IOException {
        return new StubMember(
                (request, out) -> {
                    write(out, response);
                    return true;
                });
    }

    static void write(final OutputStream out, final String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** A whole answer. */
    static String ok(final String body) {
        return "HTTP/1.1 200 OK\r\nX-Etcd-Index: 7\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body;
    }

    String url() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    /** Heads and bodies, as they came. */
    List<String> requests() {
        return requests;
    }

    int accepted() {
        return connections.size();
    }

    /** Connections that the other side has closed. */
    int closed() {
        return closed.get();
    }

    /** Connections that are over, whoever closed them. */
    int ended() {
        return ended.get();
    }

    /** From now on it closes connections as a process does that was killed. */
    void resetConnections() {
        isResetting = true;
    }

    /** Closes all that are open, between two requests. */
    void closeConnections() throws IOException {
        for (final Socket connection : connections) {
            connection.close();
        }
    }

    private void accept() {
        try {
            while (true) {
                final Socket connection = listener.accept();
                connections.add(connection);
                final Thread server = new Thread(() -> serve(connection), "stub-connection");
                server.setDaemon(true);
                server.start();
            }
        } catch (final IOException closedListener) {
            // The test is over.
        }
    }

    private void serve(final Socket connection) {
        try {
            serveAll(connection);
        } finally {
            ended.incrementAndGet();
        }
    }

    private void serveAll(final Socket connection) {
        try (connection) {
            final InputStream in = connection.getInputStream();
            String request = read(in);
            while (request != null) {
                requests.add(request);
                if (!script.answer(request, connection.getOutputStream())) {
                    connection.setSoLinger(isResetting, 0);
                    return;
                }
                request = read(in);
            }
            closed.incrementAndGet();
        } catch (final IOException lost) {
            closed.incrementAndGet();
        }
    }

    private static String read(final InputStream in) throws IOException {
        final StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            final int next = in.read();
            if (next < 0) {
                return null;
            }
            text.append((char) next);
        }
        final String head = text.toString().toLowerCase(Locale.ROOT);
        final int at = head.indexOf("content-length: ");
        if (at >= 0) {
            final int from = at + "content-length: ".length();
            final int length = Integer.parseInt(head.substring(from, head.indexOf("\r\n", from)));
            text.append(new String(in.readNBytes(length), StandardCharsets.ISO_8859_1));
        }
        return text.toString();
    }

    /** No new connections, and an end to those that are there. */
    @Override
    public void close() throws IOException {
        listener.close();
        closeConnections();
    }
}
