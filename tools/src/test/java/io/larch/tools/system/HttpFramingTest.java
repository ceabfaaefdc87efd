package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where a request's body ends, and whether a connection stays, is judged as etcd judges it. */
@Tag("slow")
class HttpFramingTest {
    private static final String CHUNKED_PUT =
            "PUT /v2/keys/c HTTP/1.1\r\nHost: h\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n";
    private static final String DATA = "value=1\r\n";
    private static final String END = "0\r\n\r\n";

    /** Ends the connection, and shows where the server sees the next request. */
    private static final String LAST =
            "GET /v2/keys/none HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

    private static final List<String> SIZE_LINES =
            List.of(
                    "7\r\n",
                    "7\n",
                    "7\r",
                    "7\r\r\n",
                    "7\n\r",
                    "7 \r\n",
                    "7\t\r\n",
                    "7\u000b\r\n",
                    "7\f\r\n",
                    " 7\r\n",
                    "\t7\r\n",
                    "7 \n",
                    "7\t\n",
                    "7 \r \n",
                    "0 7\r\n",
                    "7;a=b\r\n",
                    "7;a=b\n",
                    "7;\r\n",
                    "7;\n",
                    "7 ;a=b\r\n",
                    "7\t;a=b\r\n",
                    "7\r;a=b\n",
                    "7; a = b \r\n",
                    "7;a=\"b;c\"\r\n",
                    "7;a=\"b\r\nc\"\r\n",
                    "7;a=\"b\r\n",
                    "7;a\rb\r\n",
                    "7;a\r",
                    "7;a\u0000\u00ff\r\n",
                    ";a=b\r\n",
                    "\r\n",
                    "\n",
                    " \r\n",
                    "0x7\r\n",
                    "+7\r\n",
                    "-7\r\n",
                    "0_7\r\n",
                    "g\r\n",
                    "000000000000007\r\n",
                    "0000000000000007\r\n",
                    "00000000000000007\r\n");

    private static final List<String> DATA_ENDS =
            List.of("\r\n", "\n", "\r", "", "\r\r\n", " \r\n", "\n\r");

    private static final List<String> ENDS =
            List.of(
                    "0\r\n\r\n",
                    "0\n\r\n",
                    "0\n\n",
                    "0\r\n\n",
                    "0\r\r\n",
                    "00\r\n\r\n",
                    "0;x\r\n\r\n",
                    "0 \r\n\r\n",
                    "\r\n\r\n",
                    "0000000000000000\r\n\r\n",
                    "00000000000000000\r\n\r\n",
                    "0\r\nA: b\r\n\r\n",
                    "0\r\nA: b\n\r\n",
                    "0\r\nA: b\r\n\n",
                    "0\r\nA: b\r\r\n\r\n",
                    "0\r\nA: b\rc\r\n\r\n",
                    "0\r\nAb\r\n\r\n",
                    "0\r\nA : b\r\n\r\n",
                    "0\r\n: b\r\n\r\n",
                    "0\r\nA: b\r\n c\r\n\r\n",
                    "0\r\n A: b\r\n\r\n",
                    "0\r\nA: b\u0001\r\n\r\n",
                    "0\r\nA(: b\r\n\r\n",
                    "0\r\nContent-Length: 3\r\n\r\n",
                    "0\r\nTransfer-Encoding: chunked\r\n\r\n",
                    "0\r\nA: b\r\nC: d\r\n\r\n");

    private static final int[] LENGTHS = {4_000, 4_095, 4_096, 4_097, 5_000};

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] \\d{3}");
    private static final Pattern CAUSE = Pattern.compile("\"cause\":\"(.*?)\",\"index\"");
    private static final Pattern CONNECTION = Pattern.compile("(?i)\r\nConnection: ([^\r]*)\r\n");

    @RegisterExtension final Servers servers = new Servers();

    @Test
    void shouldTakeTheChunksThatEtcdTakes() throws IOException {
        final List<String> bodies = new ArrayList<>();
        SIZE_LINES.forEach(line -> bodies.add(line + DATA + END));
        SIZE_LINES.forEach(line -> bodies.add("1\r\nv\r\n" + line + "alue=12\r\n" + END));
        DATA_ENDS.forEach(end -> bodies.add("7\r\nvalue=1" + end + END));
        ENDS.forEach(end -> bodies.add("7\r\n" + DATA + end));
        for (final int length : LENGTHS) {
            bodies.add("7;" + "a".repeat(length - 4) + "\r\n" + DATA + END);
            bodies.add("7;" + "a".repeat(length - 3) + "\n" + DATA + END);
            bodies.add("7\r\n" + DATA + "0\r\nA: " + "b".repeat(length - 7) + "\r\n\r\n");
        }
        compare(bodies.stream().map(body -> CHUNKED_PUT + body).toList());
    }

    @Test
    void shouldAnswerOldClientsAsEtcdDoes() throws IOException {
        final List<String> requests = new ArrayList<>();
        for (final String method : List.of("GET", "HEAD", "DELETE", "OPTIONS")) {
            for (final String path :
                    List.of(
                            "/v2/keys/c",
                            "/version",
                            "/nowhere",
                            "/v2/keys/c?wait=true&waitIndex=1")) {
                for (final String version : List.of("1.0", "1.1")) {
                    for (final String connection :
                            List.of("", "keep-alive", "Keep-Alive", "close", "close, keep-alive")) {
                        final String request =
                                method + " " + path + " HTTP/" + version + "\r\nHost: h\r\n";
                        requests.add(
                                request
                                        + (connection.isEmpty()
                                                ? ""
                                                : "Connection: " + connection + "\r\n")
                                        + "\r\n");
                    }
                }
            }
        }
        compare(requests);
    }

    private void compare(final List<String> requests) throws IOException {
        assumeTrue(Servers.isEtcdInstalled() || Servers.arePeersRequired(), "needs etcd");
        final Map<String, String> etcd = answers(servers.etcd().start(), requests);
        assertEquals(lines(etcd), lines(answers(servers.larch().start(), requests)));
    }

    private static String lines(final Map<String, String> answers) {
        final StringBuilder lines = new StringBuilder();
        answers.forEach((request, answer) -> lines.append(visible(request)).append(answer));
        return lines.toString();
    }

    private static String visible(final String request) {
        final String shown =
                request.replace(CHUNKED_PUT, "").replace("\r", "\\r").replace("\n", "\\n");
        return (shown.length() > 90 ? shown.substring(0, 90) + "..." : shown) + "\n    ";
    }

    private static Map<String, String> answers(
            final ServerProcess server, final List<String> requests) throws IOException {
        new Keys(server).put("/c", "value=0");
        final Map<String, String> answers = new LinkedHashMap<>();
        for (final String request : requests) {
            final String replies = exchange(server.url(), request + LAST);
            answers.put(
                    request,
                    "%s %s %s%n"
                            .formatted(
                                    all(STATUS, replies),
                                    all(CONNECTION, replies),
                                    all(CAUSE, replies)));
        }
        return answers;
    }

    private static List<String> all(final Pattern pattern, final String text) {
        final List<String> found = new ArrayList<>();
        final Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            found.add(matcher.groupCount() == 0 ? matcher.group() : matcher.group(1));
        }
        return found;
    }

    /** All that comes until the server closes; a reset ends it, too. */
    private static String exchange(final URI url, final String requests) throws IOException {
        final StringBuilder replies = new StringBuilder();
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(requests.getBytes(StandardCharsets.ISO_8859_1));
            final byte[] buffer = new byte[8192];
            int count = socket.getInputStream().read(buffer);
            while (count >= 0) {
                replies.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
                count = socket.getInputStream().read(buffer);
            }
        } catch (final java.net.SocketException reset) {
            return replies.toString();
        }
        return replies.toString();
    }
}
