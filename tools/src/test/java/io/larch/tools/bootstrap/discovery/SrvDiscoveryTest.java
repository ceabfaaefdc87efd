package io.larch.tools.bootstrap.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.larch.tools.bootstrap.discovery.SrvLookup.NoRecordsException;
import io.larch.tools.bootstrap.discovery.SrvLookup.Target;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SrvDiscoveryTest {
    private static final String PLAIN = "_etcd-server._tcp.example.com";
    private static final String SSL = "_etcd-server-ssl._tcp.example.com";

    @Test
    void shouldNumberTheOthersAndNameItself() throws DiscoveryException {
        assertEquals(
                "0=http://127.0.0.2:2380,1=http://127.0.0.3:2380,me=http://localhost:2380",
                find(
                        Map.of(
                                PLAIN,
                                List.of(
                                        new Target("127.0.0.2", 2380),
                                        new Target("localhost", 2380),
                                        new Target("127.0.0.3", 2380))),
                        "http://127.0.0.1:2380"));
    }

    @Test
    void shouldTakeTheSchemeFromTheService() throws DiscoveryException {
        assertEquals(
                "0=http://127.0.0.3:1,me=https://127.0.0.1:2380",
                find(
                        Map.of(
                                SSL,
                                List.of(new Target("127.0.0.1", 2380)),
                                PLAIN,
                                List.of(new Target("127.0.0.3", 1))),
                        "http://127.0.0.1:2380"));
    }

    @Test
    void shouldPassOverATargetWithoutAddress() throws DiscoveryException {
        assertEquals(
                "me=http://127.0.0.1:2380",
                find(
                        Map.of(
                                PLAIN,
                                List.of(
                                        new Target("no-such-host.invalid", 2380),
                                        new Target("127.0.0.1", 2380))),
                        "http://127.0.0.1:2380"));
    }

    @Test
    void shouldFailWithoutAnyRecord() {
        final DiscoveryException failure =
                assertThrows(
                        DiscoveryException.class, () -> find(Map.of(), "http://127.0.0.1:2380"));

        assertEquals(
                "SRV discovery failed: too many errors querying DNS SRV records",
                failure.getMessage());
    }

    @Test
    void shouldFailWhenItsOwnNameHasNoAddress() {
        final DiscoveryException failure =
                assertThrows(
                        DiscoveryException.class,
                        () -> find(Map.of(), "http://no-such-host.invalid:2380"));

        assertEquals(
                "couldn't resolve host no-such-host.invalid:2380 during SRV discovery",
                failure.getMessage());
    }

    @Test
    void shouldAskADnsServer() throws Exception {
        try (SrvServer server =
                new SrvServer()
                        .add(PLAIN, 20, 1, 2380, "last.example.com")
                        .add(PLAIN, 10, 1, 2381, "second.example.com")
                        .add(PLAIN, 10, 5, 2382, "first.example.com")) {
            final SrvLookup dns = new JndiSrvLookup(server.url());

            assertEquals(
                    List.of(
                            new Target("first.example.com", 2382),
                            new Target("second.example.com", 2381),
                            new Target("last.example.com", 2380)),
                    dns.lookup(PLAIN));
            assertThrows(NoRecordsException.class, () -> dns.lookup(SSL));
        }
    }

    private static String find(final Map<String, List<Target>> records, final String advertised)
            throws DiscoveryException {
        final SrvLookup dns =
                name -> {
                    if (!records.containsKey(name)) {
                        throw new NoRecordsException("lookup " + name + ": no such host");
                    }
                    return records.get(name);
                };
        return new SrvDiscovery("me", List.of(advertised), dns).find("example.com").toString();
    }
}
