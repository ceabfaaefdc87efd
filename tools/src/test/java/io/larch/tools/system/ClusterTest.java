package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.tools.conformance.HttpReply;
import io.larch.tools.conformance.JsonTree;
import java.io.IOException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

@Tag("slow")
class ClusterTest {
    @RegisterExtension final LarchCluster cluster = new LarchCluster();

    @Test
    void shouldServeOnEveryMemberWhatWasWrittenOnOne() throws IOException {
        cluster.start(3);

        for (int i = 1; i <= 3; i++) {
            final HttpReply reply = cluster.member(i).keys().put("/from/" + i, "value=" + i);
            assertEquals(201, reply.status(), reply::toString);
        }

        for (final ClusterMember member : cluster.members()) {
            for (int i = 1; i <= 3; i++) {
                final HttpReply reply = member.keys().get("/from/" + i + "?quorum=true");
                assertEquals(
                        String.valueOf(i),
                        JsonTree.at(JsonTree.parse(reply.text()), "node", "value"),
                        reply::toString);
            }
        }
        cluster.awaitSameTree();
    }

    @Test
    void shouldKeepAllDataWhenAllAreKilledAtOnce() throws IOException {
        cluster.start(3);
        for (int i = 0; i < 30; i++) {
            final HttpReply reply = cluster.member(i % 3 + 1).keys().put("/k/" + i, "value=" + i);
            assertTrue(reply.status() < 300, reply::toString);
        }

        cluster.members().forEach(ClusterMember::kill);
        cluster.startAll();

        for (final ClusterMember member : cluster.members()) {
            for (int i = 0; i < 30; i++) {
                assertEquals(200, member.keys().get("/k/" + i + "?quorum=true").status());
            }
        }
        cluster.awaitSameTree();
    }
}
