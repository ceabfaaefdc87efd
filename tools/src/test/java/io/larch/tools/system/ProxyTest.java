package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.larch.tools.conformance.HttpConnection;
import io.larch.tools.conformance.HttpReply;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Proxies before real members. */
@Tag("slow")
@Tag("fused-only")
class ProxyTest {
    private static final Path ETCDCTL = Path.of("/usr/bin/etcdctl");

    @RegisterExtension final LarchCluster cluster = new LarchCluster();
    @RegisterExtension final Servers servers = new Servers();

    private String members() {
        return cluster.members().stream()
                .map(member -> member.name() + "=" + member.peerUrl())
                .collect(Collectors.joining(","));
    }

    private ServerProcess proxy(final String... flags) throws IOException {
        final String[] all = new String[flags.length + 4];
        System.arraycopy(flags, 0, all, 0, flags.length);
        all[flags.length] = "--proxy=on";
        all[flags.length + 1] = "--initial-cluster=" + members();
        all[flags.length + 2] = "--proxy-refresh-interval=300";
        all[flags.length + 3] = "--proxy-failure-wait=300";
        return servers.larch(all);
    }

    private static String endpoints(final URI proxy) {
        try {
            return HttpConnection.exchange(proxy, "GET", "/v2/config/local/proxy", null).text();
        } catch (final IOException e) {
            return e.toString();
        }
    }

    @Test
    void shouldServeWhateverHappensToMembers() throws Exception {
        cluster.start(3);
        final ServerProcess proxy = proxy().start();
        final Keys keys = new Keys(proxy.url());
        assertEquals(201, keys.put("/a", "value=1").status());
        final CompletableFuture<String> event =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return keys.get("/a?wait=true&waitIndex=0").text();
                            } catch (final IOException e) {
                                return e.toString();
                            }
                        });
        LarchCluster.await(
                "an event",
                () -> {
                    try {
                        keys.put("/a", "value=2");
                    } catch (final IOException e) {
                        throw new IllegalStateException(e);
                    }
                    return event.isDone();
                });
        assertTrue(event.get().startsWith("{\"action\":\"set\",\"node\":{\"key\":\"/a\""));
        final ClusterMember leader = cluster.awaitLeader();
        leader.kill();
        LarchCluster.await(
                "a write",
                () -> {
                    try {
                        return keys.put("/b", "value=1").status() < 300;
                    } catch (final IOException e) {
                        throw new IllegalStateException(e);
                    }
                });
        assertEquals(200, keys.get("/b?quorum=true").status());
        assertEquals(0, exitAfterTerminate(proxy));
    }

    private static int exitAfterTerminate(final ServerProcess proxy) {
        return proxy.terminate() == 143 ? 0 : 1;
    }

    @Test
    void shouldFollowTheMembersAndKeepThemForTheNextStart() throws Exception {
        cluster.start(1);
        final ServerProcess proxy = proxy().start();
        final ClusterMember first = cluster.member(1);
        final Path file = proxy.dataDirectory().resolve("proxy/cluster");
        assertEquals("{\"PeerURLs\":[\"" + first.peerUrl() + "\"]}", Files.readString(file));
        assertEquals("{\"endpoints\":[\"" + first.url() + "\"]}\n", endpoints(proxy.url()));

        final ClusterMember second = cluster.add();
        second.launch().awaitReady();
        cluster.remove(first);
        final String moved = "{\"endpoints\":[\"" + second.url() + "\"]}\n";
        LarchCluster.await("the new member", () -> endpoints(proxy.url()).equals(moved));

        proxy.terminate();
        proxy.start();
        assertEquals(moved, endpoints(proxy.url()));
        assertTrue(
                proxy.log()
                        .contains(
                                "proxy: using peer urls ["
                                        + second.peerUrl()
                                        + "] from cluster file \""
                                        + file
                                        + '"'),
                proxy.log());
        assertTrue(
                proxy.log()
                        .contains(
                                "the server is already initialized as proxy before, starting as"
                                        + " etcd proxy..."),
                proxy.log());
    }

    @Test
    void shouldBecomeAProxyWhereThereAreMembersEnough() throws Exception {
        final ServerProcess store = servers.larch().start();
        final String token = store.url() + "/v2/keys/_disc/t";
        new Keys(store.url()).put("/_disc/t/_config/size", "value=1");
        final ClusterMember member = cluster.createMember("--discovery", token);
        member.launch().awaitReady();
        final ClusterMember one = cluster.createMember("--discovery", token);
        one.launch().awaitReady();
        assertTrue(one.log().contains("discovery cluster full, falling back to proxy"), one.log());
        assertEquals(201, one.keys().put("/a", "value=1").status());
        assertEquals(200, member.keys().get("/a").status());
    }

    @Test
    void shouldSayWhatIsWrongWithItsDirectory() throws Exception {
        cluster.create(1);
        final ServerProcess proxy = proxy();
        final Path directory = proxy.dataDirectory().resolve("proxy");
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("cluster"), "{\"PeerURLs\":");
        proxy.launch();
        assertEquals(1, proxy.exitStatus());
        assertTrue(proxy.log().contains("cannot read the cluster file"), proxy.log());

        final ServerProcess member = servers.larch().start();
        member.terminate();
        Files.createDirectories(member.dataDirectory().resolve("proxy"));
        member.launch();
        assertEquals(1, member.exitStatus());
        assertTrue(
                member.log().contains("invalid datadir. Both member and proxy directories exist."),
                member.log());
    }

    @Test
    void shouldServeEtcdctlBeforeMembersOfEitherProduct() throws Exception {
        assumeTrue(
                Files.isExecutable(ETCDCTL) && Servers.isEtcdInstalled()
                        || Servers.arePeersRequired(),
                "needs etcd and its client");
        final ServerProcess etcd = servers.etcd().start();
        final ServerProcess proxy =
                servers.larch("--proxy=on", "--initial-cluster=default=" + peerUrl(etcd)).start();
        final Map<String, String> v2 = Map.of("ETCDCTL_API", "2");
        final List<String> etcdctl = List.of(ETCDCTL.toString(), "-C", proxy.url().toString());
        assertEquals(
                new Command.Result(0, "1\n"), Command.run(v2, words(etcdctl, "set", "/a", "1")));
        assertEquals(new Command.Result(0, "1\n"), Command.run(v2, words(etcdctl, "get", "/a")));
        final HttpReply reply = new Keys(etcd.url()).get("/a");
        assertTrue(reply.text().contains("\"value\":\"1\""), reply.text());
    }

    private static String peerUrl(final ServerProcess process) {
        final List<String> command = process.command();
        return command.get(command.lastIndexOf("--listen-peer-urls") + 1);
    }

    private static List<String> words(final List<String> command, final String... more) {
        return Stream.concat(command.stream(), Arrays.stream(more)).toList();
    }
}
