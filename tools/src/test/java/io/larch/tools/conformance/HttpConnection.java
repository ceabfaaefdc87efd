package io.larch.tools.conformance;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * One HTTP/1.1 connection on a plain socket, which sends exactly the bytes given and shows exactly
 * those that came.
 *
 * <p>A library would correct what a test wants to send, and hide what it wants to see. Not
 * threadsafe; every read gives up with a {@link java.net.SocketTimeoutException} after the time-out
 * of the connection.
 */
public final class HttpConnection implements AutoCloseable {
    private static final String FORM = "application/x-www-form-urlencoded";

    private final Socket socket;
    private final InputStream in;
    private final String authority;

    /**
     * Connect to the host and port of a URL. The time-out is in milliseconds and holds for each
     * single read.
     */
    public HttpConnection(final URI url, final int timeoutMs) throws IOException {
        this(url, timeoutMs, 0);
    }

    /**
     * As {@link #HttpConnection(URI, int)}, with a receive buffer of so many bytes in the system,
     * for a client that is slow to read; 0 for the system's own size.
     */
    public HttpConnection(final URI url, final int timeoutMs, final int receiveBufferBytes)
            throws IOException {
        this(url, timeoutMs, receiveBufferBytes, null);
    }

    /**
     * The same, by TLS as somebody in particular.
     *
     * @param tls of an https URL; null: whoever the server is, without a certificate.
     */
    public HttpConnection(
            final URI url, final int timeoutMs, final int receiveBufferBytes, final SSLContext tls)
            throws IOException {
        authority = url.getHost() + ":" + url.getPort();
        socket = url.getScheme().equals("https") ? tlsSocket(tls) : new Socket();
        try {
            socket.setTcpNoDelay(true);
            if (receiveBufferBytes > 0) {
                socket.setReceiveBufferSize(receiveBufferBytes);
            }
            socket.setSoTimeout(timeoutMs);
            socket.connect(new InetSocketAddress(url.getHost(), url.getPort()), timeoutMs);
            if (socket instanceof SSLSocket encrypted) {
                encrypted.startHandshake();
            }
            in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
        } catch (final IOException e) {
            socket.close();
            throw e;
        }
    }

    private static Socket tlsSocket(final SSLContext given) throws IOException {
        if (given != null) {
            return given.getSocketFactory().createSocket();
        }
        try {
            final SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
            return context.getSocketFactory().createSocket();
        } catch (final GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /**
     * Send one request on a connection of its own and read the whole reply. The body is a form;
     * null sends none.
     */
    public static HttpReply exchange(
            final URI url, final String method, final String path, final String body)
            throws IOException {
        return exchange(url, method, path, body, Map.of());
    }

    /**
     * As {@link #exchange(URI, String, String, String)}, with extra headers; they may replace the
     * Content-Type.
     */
    public static HttpReply exchange(
            final URI url,
            final String method,
            final String path,
            final String body,
            final Map<String, String> headers)
            throws IOException {
        try (HttpConnection connection = new HttpConnection(url, 20_000)) {
            connection.sendRequest(method, path, body, headers);
            return connection.readReply("HEAD".equals(method));
        }
    }

    /** Send a request; its body, when not null, goes as a form unless a header says otherwise. */
    public void sendRequest(
            final String method,
            final String path,
            final String body,
            final Map<String, String> headers)
            throws IOException {
        final StringBuilder head = new StringBuilder(256);
        head.append(method)
                .append(' ')
                .append(path)
                .append(" HTTP/1.1\r\nHost: ")
                .append(authority)
                .append("\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));

        final byte[] content = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        if (body != null) {
            if (headers.keySet().stream().noneMatch("Content-Type"::equalsIgnoreCase)) {
                head.append("Content-Type: ").append(FORM).append("\r\n");
            }
            head.append("Content-Length: ").append(content.length).append("\r\n");
        }
        head.append("\r\n");

        final ByteArrayOutputStream request =
                new ByteArrayOutputStream(head.length() + content.length);
        request.writeBytes(head.toString().getBytes(StandardCharsets.UTF_8));
        request.writeBytes(content);
        send(request.toByteArray());
    }

    /** Send these bytes as they are. */
    public void send(final byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** End our half of the connection: the other side reads an end of file. */
    public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    /** Read a reply and its whole body. A reply to HEAD has none, whatever its headers say. */
    public HttpReply readReply(final boolean isHead) throws IOException {
        final HttpReply head = readHead();
        if (isHead || head.status() == 204 || head.status() == 304) {
            return head;
        }
        return readBodyOf(head);
    }

    /** The whole reply whose head was read by {@link #readHead()}. */
    public HttpReply readBodyOf(final HttpReply head) throws IOException {
        return new HttpReply(head.status(), head.headers(), readBody(head));
    }

    /**
     * Read the status line and the headers, and leave the body for {@link #readChunk()}. Skips 100
     * Continue.
     */
    public HttpReply readHead() throws IOException {
        while (true) {
            final String statusLine = readLine();
            final String[] parts = statusLine.split(" ", 3);
            if (parts.length < 2 || !parts[0].startsWith("HTTP/1.")) {
                throw new IOException("not a status line: " + statusLine);
            }
            final Map<String, List<String>> headers = new LinkedHashMap<>();
            for (String line = readLine(); !line.isEmpty(); line = readLine()) {
                final int colon = line.indexOf(':');
                if (colon < 1) {
                    throw new IOException("not a header: " + line);
                }
                headers.computeIfAbsent(
                                line.substring(0, colon).toLowerCase(Locale.ROOT),
                                name -> new ArrayList<>())
                        .add(line.substring(colon + 1).trim());
            }
            final int status = Integer.parseInt(parts[1]);
            if (status != 100) {
                return new HttpReply(status, headers, new byte[0]);
            }
        }
    }

    /** The text of the next chunk of a chunked body, or null at its end. */
    public String readChunk() throws IOException {
        final byte[] chunk = readChunkBytes();
        return chunk == null ? null : new String(chunk, StandardCharsets.UTF_8);
    }

    /** Everything until the other side closes, as bytes. */
    public byte[] readToEnd() throws IOException {
        return in.readAllBytes();
    }

    private byte[] readBody(final HttpReply head) throws IOException {
        if (head.isChunked()) {
            final ByteArrayOutputStream body = new ByteArrayOutputStream();
            for (byte[] chunk = readChunkBytes(); chunk != null; chunk = readChunkBytes()) {
                body.writeBytes(chunk);
            }
            return body.toByteArray();
        }
        final long length = head.longHeader("Content-Length");
        return length < 0 ? in.readAllBytes() : readExactly(Math.toIntExact(length));
    }

    private byte[] readChunkBytes() throws IOException {
        final int length = Integer.parseInt(readLine().trim(), 16);
        if (length == 0) {
            skipTrailers();
            return null;
        }
        final byte[] chunk = readExactly(length);
        final String end = readLine();
        if (!end.isEmpty()) {
            throw new IOException("chunk of " + length + " bytes followed by: " + end);
        }
        return chunk;
    }

    /** etcd's gateway tells gRPC's trailers behind the last chunk of an error. */
    private void skipTrailers() throws IOException {
        String line = readLine();
        while (!line.isEmpty()) {
            line = readLine();
        }
    }

    private byte[] readExactly(final int length) throws IOException {
        final byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw new EOFException("body ended after " + bytes.length + " of " + length + " bytes");
        }
        return bytes;
    }

    private String readLine() throws IOException {
        final ByteArrayOutputStream line = new ByteArrayOutputStream(128);
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException(
                        "connection closed after: " + line.toString(StandardCharsets.ISO_8859_1));
            }
            line.write(b);
        }
        final String text = line.toString(StandardCharsets.ISO_8859_1);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
