package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Members that talk over TCP, on the port of their pages. */
@Tag("slow")
class PeerTcpTest {
    private static final String TCP = "--peer-transport=tcp";

    @RegisterExtension final LarchCluster cluster = new LarchCluster();

    private static HttpReply page(final ClusterMember member, final String path)
            throws IOException {
        return HttpConnection.exchange(URI.create(member.peerUrl()), "GET", path, null);
    }

    @Test
    void shouldServePagesOnThePortThatMembersTalkOver() throws IOException {
        cluster.start(3, TCP);
        assertEquals(201, cluster.member(1).keys().put("/a", "value=1").status());
        for (final ClusterMember member : cluster.members()) {
            assertEquals(200, page(member, "/members").status());
            assertTrue(page(member, "/version").text().contains("etcdserver"));
            assertEquals(200, member.keys().get("/a?quorum=true").status());
        }
        cluster.awaitSameTree();
    }

    @Test
    void shouldServePagesOfAMemberThatIsAlone() throws IOException {
        cluster.start(1, TCP);
        assertEquals(200, page(cluster.member(1), "/members").status());
        cluster.add(TCP).start();
        cluster.awaitSameTree();
    }

    @Test
    void shouldSayThatTheOthersTalkOverSomethingElse() throws IOException {
        cluster.create(3);
        final ClusterMember one = cluster.member(1).launch(TCP);
        final ClusterMember two = cluster.member(2).launch();
        final String address = two.peerUrl().substring("http://".length());
        LarchCluster.await(
                "the one over TCP says so",
                () ->
                        one.log()
                                .contains(
                                        address
                                                + " answers HTTP, but does not take what members"
                                                + " say by TCP: is --peer-transport=tcp missing"
                                                + " there?"));
        LarchCluster.await(
                "the one over UDP says so",
                () -> two.log().contains("or start all members with --peer-transport=tcp"));
    }
}
