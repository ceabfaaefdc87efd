package io.larch.tools.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.engine.sim.GitId;
import io.larch.tools.etcd.DataDirectory;
import io.larch.tools.etcd.Listing;
import io.larch.tools.etcd.StoredTree;
import io.larch.tools.system.ServerProcess;
import io.larch.tools.system.Servers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The files of a real etcd that was killed have what it answered before, to the last index. */
@Tag("slow")
@Tag("fused-only")
class EtcdFilesComparisonTest {
    private static final int REQUESTS = 900;

    @RegisterExtension final Servers servers = Servers.inMemory();

    @Test
    void shouldFindInTheFilesWhatEtcdAnswered() throws IOException {
        assumeTrue(Servers.isEtcdInstalled() || Servers.arePeersRequired(), "needs etcd");
        final long seed = Long.getLong("larch.etcd.files.seed", GitId.seed());
        final ServerProcess etcd = servers.etcd("--snapshot-count", "250").start();
        final RandomRequests requests = new RandomRequests(seed);
        for (int i = 0; i < REQUESTS; i++) {
            final HttpReply reply = requests.next().send(etcd.url());
            final String index = reply.header("X-Etcd-Index");
            requests.onStoreIndex(index == null ? 0 : Long.parseLong(index));
        }
        final HttpReply last =
                HttpConnection.exchange(etcd.url(), "PUT", "/v2/keys/zz/last", "value=1");
        final Map<String, String> answered = new TreeMap<>();
        final List<String> roots = roots();
        for (final String root : roots) {
            final HttpReply reply =
                    HttpConnection.exchange(
                            etcd.url(), "GET", "/v2/keys" + root + "?recursive=true", null);
            if (reply.status() == 200) {
                answered.putAll(Listing.of(reply.text()));
            }
        }
        etcd.kill();

        final List<String> told = new ArrayList<>();
        final StoredTree tree =
                new DataDirectory(etcd.dataDirectory(), null).read(false, told::add).tree();

        final Map<String, String> found = Listing.of(tree);
        found.keySet().removeIf(path -> isHiddenElsewhere(path, roots));
        assertEquals(answered, found, "seed " + seed);
        assertEquals(last.header("X-Etcd-Index"), Long.toString(tree.index()), "seed " + seed);
        assertTrue(answered.size() > 20, answered::toString);
        assertTrue(told.get(0).endsWith("is the snapshot to begin with"), told::toString);
    }

    /** What is asked for: all, and the hidden directories that requests make. */
    private static List<String> roots() {
        final List<String> roots = new ArrayList<>(List.of("/", "/_h"));
        final List<String> names = List.of("a", "b", "c", "dir", "x.y", "z-1", "_h");
        for (final String first : names) {
            roots.add('/' + first + "/_h");
            for (final String second : names) {
                roots.add('/' + first + '/' + second + "/_h");
            }
        }
        return roots;
    }

    private static boolean isHiddenElsewhere(final String path, final List<String> roots) {
        final int hidden = (path + '/').lastIndexOf("/_h/");
        return hidden >= 0 && !roots.contains(path.substring(0, hidden) + "/_h");
    }
}
