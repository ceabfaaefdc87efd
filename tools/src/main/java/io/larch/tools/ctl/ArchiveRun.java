package io.larch.tools.ctl;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.larch.tools.tls.SelfSignedCertificate;
import io.larch.tools.tls.TlsContexts;
import io.larch.tools.tls.TlsEngine;
import io.larch.tools.tls.TlsFileException;
import io.larch.tools.tls.TlsSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Loads the classes that commands need, by running some against a server within the process, so
 * that the launcher can archive them and later starts are fast. Prints nothing.
 */
public final class ArchiveRun {
    private static final String NODE =
            "{\"key\":\"/k\",\"value\":\"v\",\"modifiedIndex\":4,\"createdIndex\":4}";

    private ArchiveRun() {}

    /**
     * The program.
     *
     * @param words a directory for what it writes, which is the launcher's to remove.
     */
    public static void main(final String[] words) throws IOException, TlsFileException {
        Larchctl.session();
        final HttpServer plain = HttpServer.create(anyPort(), 0);
        final String url = "http://127.0.0.1:" + begin(plain);
        for (final List<String> line :
                List.of(
                        List.of("set", "/k", "v", "--ttl", "5"),
                        List.of("get", "/k"),
                        List.of("-o", "json", "get", "/k"),
                        List.of("ls", "-r"),
                        List.of("rm", "/k"),
                        List.of("member", "list"),
                        List.of("user", "list"),
                        List.of("get", "--none"),
                        List.of("--help"))) {
            run(url, line);
        }
        plain.stop(0);
        runWithTls(Path.of(words[0]));
        System.exit(0);
    }

    /** Trusts the server that has made its own certificate, and shows it one; trusts it not. */
    private static void runWithTls(final Path directory) throws IOException, TlsFileException {
        final TlsSettings own =
                SelfSignedCertificate.add(TlsSettings.NONE, directory, List.of("127.0.0.1"), 1);
        final HttpsServer server = HttpsServer.create(anyPort(), 0);
        server.setHttpsConfigurator(
                new HttpsConfigurator(
                        TlsContexts.load("larchctl", own, TlsEngine.JDK).javaClient().get()));
        final String url = "https://127.0.0.1:" + begin(server);
        final String cert = directory.resolve("cert.pem").toString();
        final String key = directory.resolve("key.pem").toString();
        run(url, List.of("--ca-file", cert, "get", "/k"));
        run(url, List.of("--ca-file", cert, "--cert-file", cert, "--key-file", key, "get", "/k"));
        run(url, List.of("get", "/k"));
        server.stop(0);
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /** Its port. */
    private static int begin(final HttpServer server) {
        final String url = "http://127.0.0.1:" + server.getAddress().getPort();
        answer(
                server,
                "/v2/members",
                "{\"members\":[{\"id\":\"1\",\"name\":\"a\",\"peerURLs\":[],\"clientURLs\":[\""
                        + (server instanceof HttpsServer ? url.replace("http:", "https:") : url)
                        + "\"]}]}");
        answer(server, "/v2/keys", "{\"action\":\"get\",\"node\":" + NODE + "}");
        server.start();
        return server.getAddress().getPort();
    }

    private static void run(final String url, final List<String> line) {
        final PrintWriter nowhere = new PrintWriter(OutputStream.nullOutputStream());
        final Session session =
                new Session(
                        new ByteArrayInputStream(new byte[0]),
                        nowhere,
                        nowhere,
                        name -> "LARCHCTL_ENDPOINTS".equals(name) ? url : null,
                        name -> List.of());
        Larchctl.run(session, line.toArray(String[]::new));
    }

    private static void answer(final HttpServer server, final String path, final String body) {
        server.createContext(
                path,
                exchange -> {
                    final byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, bytes.length);
                    exchange.getResponseBody().write(bytes);
                    exchange.close();
                });
    }
}
