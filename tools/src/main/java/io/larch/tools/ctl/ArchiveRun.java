package io.larch.tools.ctl;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Loads the classes that commands need, by running some against a server within the process, so
 * that the launcher can archive them and later starts are fast. Prints nothing.
 */
public final class ArchiveRun {
    private static final String NODE =
            "{\"key\":\"/k\",\"value\":\"v\",\"modifiedIndex\":4,\"createdIndex\":4}";

    private ArchiveRun() {}

    /** The program. */
    public static void main(final String[] words) throws IOException {
        final HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        final String url = "http://127.0.0.1:" + server.getAddress().getPort();
        answer(
                server,
                "/v2/members",
                "{\"members\":[{\"id\":\"1\",\"name\":\"a\",\"peerURLs\":[],\"clientURLs\":[\""
                        + url
                        + "\"]}]}");
        answer(server, "/v2/keys", "{\"action\":\"get\",\"node\":" + NODE + "}");
        server.start();
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
        server.stop(0);
        System.exit(0);
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
