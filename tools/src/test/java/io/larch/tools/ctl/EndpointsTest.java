package io.larch.tools.ctl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.larch.tools.bootstrap.discovery.SrvLookup;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndpointsTest {
    private final StringWriter err = new StringWriter();

    private List<String> discover(final boolean isInsecure, final SrvLookup dns) throws Failure {
        return Endpoints.discover("example.org", isInsecure, dns, new PrintWriter(err));
    }

    @Test
    void shouldTakeAnAddressWithoutASchemeForHttp() throws Failure {
        assertEquals(
                List.of("http://127.0.0.1:1", "https://a_b:2", "http://[::1]:3", "http://c"),
                Endpoints.parse("127.0.0.1:1,https://a_b:2/,http://[::1]:3,c"));
    }

    @Test
    void shouldRefuseWhatIsNoUrl() {
        assertEquals(
                "parse \"http://a:x\": invalid port \":x\" after host",
                assertThrows(Failure.class, () -> Endpoints.parse("http://a:x")).getMessage());
        assertEquals(1, assertThrows(Failure.class, () -> Endpoints.parse("http://a,")).status());
        assertThrows(Failure.class, () -> Endpoints.parse("http://%zz"));
    }

    @Test
    void shouldDiscoverThoseWithTlsFirst() throws Failure {
        final SrvLookup dns =
                name ->
                        List.of(
                                new SrvLookup.Target(
                                        name.contains("-ssl") ? "s.example.org" : "example.org",
                                        2379));

        assertEquals(
                List.of("https://s.example.org:2379", "http://example.org:2379"),
                discover(true, dns));
        assertEquals("", err.toString());
        assertEquals(List.of("https://s.example.org:2379"), discover(false, dns));
        assertEquals(
                "ignoring discovered insecure endpoint \"http://example.org:2379\"\n",
                err.toString());
    }

    @Test
    void shouldSayWhyThereAreNoRecords() {
        final Failure failure =
                assertThrows(
                        Failure.class,
                        () ->
                                discover(
                                        true,
                                        name -> {
                                            throw new SrvLookup.NoRecordsException("no " + name);
                                        }));
        assertEquals(
                "dns lookup errors: no _etcd-client-ssl._tcp.example.org"
                        + " and no _etcd-client._tcp.example.org",
                failure.getMessage());
        assertEquals(1, failure.status());
    }
}
