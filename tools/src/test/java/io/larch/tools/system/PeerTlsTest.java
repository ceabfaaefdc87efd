package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Members at https URLs. */
@Tag("slow")
class PeerTlsTest {
    private static final String HOST = "127.0.0.1";

    @RegisterExtension final LarchCluster cluster = new LarchCluster().overTls();

    @TempDir Path directory;

    /** What curl prints of a page at a peer URL, and its exit status before it. */
    private static String curl(final String url, final String... options) throws Exception {
        final List<String> command = new ArrayList<>(List.of("curl", "-sS", "-m", "10", url));
        command.addAll(List.of(options));
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        final String output =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() + " " + output;
    }

    @Test
    void shouldTalkWithinTlsAndServePagesThereToThoseWithACertificate() throws Exception {
        final PeerCertificates certificates = PeerCertificates.make(directory, HOST);
        cluster.start(3, certificates.flagsAnd());
        for (int i = 1; i <= 3; i++) {
            assertEquals(201, cluster.member(i).keys().put("/" + i, "value=" + i).status());
        }
        cluster.awaitSameTree();

        final String page = cluster.member(1).peerUrl() + "/members";
        final String good =
                curl(
                        page,
                        "--cacert",
                        certificates.authorityFile(),
                        "--cert",
                        certificates.cert(),
                        "--key",
                        certificates.key());
        assertTrue(good.startsWith("0 [{") && good.contains("https://"), good);
        final String none = curl(page, "--cacert", certificates.authorityFile());
        assertFalse(none.startsWith("0"), none);
    }

    @Test
    void shouldLetNobodyInOfAnotherAuthority() throws Exception {
        final PeerCertificates certificates = PeerCertificates.make(directory.resolve("a"), HOST);
        final PeerCertificates others = PeerCertificates.make(directory.resolve("b"), HOST);
        cluster.create(3);
        cluster.member(1).launch(certificates.flagsAnd());
        cluster.member(2).launch(certificates.flagsAnd());
        cluster.member(1).awaitReady();
        final ClusterMember intruder = cluster.member(3).launch(others.flagsAnd());
        LarchCluster.await(
                "it is said who is refused, and why",
                () ->
                        cluster.member(1).log().contains("refused a connection to a peer URL")
                                && intruder.log().contains("cannot reach peer"));

        assertEquals(201, cluster.member(1).keys().put("/a", "value=1").status());
        assertFalse(intruder.log().contains("is reachable"));
    }

    /** Nobody who speaks no TLS is taken for a member. */
    @Test
    void shouldAnswerPlainHttpAsAnHttpsServerDoes() throws Exception {
        final PeerCertificates certificates = PeerCertificates.make(directory, HOST);
        cluster.start(1, certificates.flagsAnd());
        final URI url = URI.create(cluster.member(1).peerUrl());
        try (Socket socket = new Socket(url.getHost(), url.getPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream()
                    .write(
                            "GET /members HTTP/1.1\r\nHost: a\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
            assertTrue(read(socket.getInputStream()).startsWith("HTTP/1.0 400 Bad Request"));
        }
    }

    private static String read(final InputStream in) throws IOException {
        final byte[] bytes = new byte[1024];
        final int count = in.read(bytes);
        return count < 0 ? "" : new String(bytes, 0, count, StandardCharsets.US_ASCII);
    }
}
