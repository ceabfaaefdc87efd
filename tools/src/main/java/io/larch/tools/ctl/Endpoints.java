package io.larch.tools.ctl;

import io.larch.tools.bootstrap.discovery.SrvLookup;
import io.larch.tools.bootstrap.discovery.SrvLookup.NoRecordsException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;

/** Where members are, as the user or the DNS has it. */
final class Endpoints {
    private Endpoints() {}

    /**
     * URLs with commas between; one without a scheme is http.
     *
     * @throws Failure if one of them is none.
     */
    static List<String> parse(final String text) throws Failure {
        final List<String> endpoints = new ArrayList<>();
        for (final String part : text.split(",", -1)) {
            endpoints.add(endpoint(part));
        }
        return endpoints;
    }

    private static String endpoint(final String text) throws Failure {
        final String url = text.contains("://") ? text : "http://" + text;
        final URI uri;
        try {
            uri = new URI(url);
        } catch (final URISyntaxException e) {
            throw bad(text, e.getReason());
        }
        final String authority = uri.getRawAuthority();
        if (authority == null) {
            throw bad(text, "no host in request URL");
        }
        final String port = authority.replaceFirst("^(.*@)?(\\[.*]|[^:]*)", "");
        if (!port.matches("(:[0-9]*)?")) {
            throw bad(text, "invalid port \"" + port + "\" after host");
        }
        return url.replaceFirst("/+$", "");
    }

    private static Failure bad(final String text, final String reason) {
        return new Failure(Failure.BAD_ARGUMENTS, "parse \"" + text + "\": " + reason);
    }

    /**
     * Those in the SRV records of a domain, with TLS first.
     *
     * @param isInsecure whether those without TLS are wanted, too.
     * @param err is told of those that are not.
     */
    static List<String> discover(
            final String domain,
            final boolean isInsecure,
            final SrvLookup dns,
            final PrintWriter err)
            throws Failure {
        final List<String> endpoints = new ArrayList<>();
        final List<String> problems = new ArrayList<>();
        look("_etcd-client-ssl._tcp." + domain, "https://", dns, endpoints, problems);
        look("_etcd-client._tcp." + domain, "http://", dns, endpoints, problems);
        if (problems.size() == 2) {
            throw new Failure(
                    Failure.BAD_ARGUMENTS, "dns lookup errors: " + String.join(" and ", problems));
        }
        if (!isInsecure) {
            for (final String endpoint : endpoints) {
                if (endpoint.startsWith("http://")) {
                    err.println("ignoring discovered insecure endpoint \"" + endpoint + "\"");
                }
            }
            endpoints.removeIf(endpoint -> endpoint.startsWith("http://"));
        }
        return endpoints;
    }

    private static void look(
            final String name,
            final String scheme,
            final SrvLookup dns,
            final List<String> endpoints,
            final List<String> problems) {
        try {
            for (final SrvLookup.Target target : dns.lookup(name)) {
                endpoints.add(scheme + target.host() + ":" + target.port());
            }
        } catch (final NoRecordsException e) {
            problems.add(e.getMessage());
        }
    }
}
