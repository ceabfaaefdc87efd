package io.larch.tools.ctl;

import io.larch.tools.client.HttpReply;
import io.larch.tools.client.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Members of a cluster. Each method blocks, and throws what the cluster refuses. */
final class Members {
    private static final String PATH = "/v2/members";
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final Set<String> SCHEMES = Set.of("http", "https", "unix", "unixs");

    private final Cluster cluster;
    private final Deadline deadline;

    Members(final Cluster cluster, final Deadline deadline) {
        this.cluster = cluster;
        this.deadline = deadline;
    }

    /**
     * A member.
     *
     * @param id in hexadecimal.
     * @param name empty: it has not started yet.
     */
    record Member(String id, String name, List<String> peerUrls, List<String> clientUrls) {
        private static Member of(final Object json) throws IOException {
            final Map<String, Object> fields = Json.object(json);
            return new Member(
                    Json.text(fields.get("id")),
                    Json.text(fields.getOrDefault("name", "")),
                    Json.texts(fields.get("peerURLs")),
                    Json.texts(fields.get("clientURLs")));
        }
    }

    List<Member> list() throws IOException {
        final HttpReply reply = cluster.ask(Call.get(PATH), deadline);
        check(reply, 200);
        final List<Member> members = new ArrayList<>();
        final Map<String, Object> fields = Json.object(Json.parse(reply.body()));
        for (final Object member : Json.list(fields.get("members"))) {
            members.add(Member.of(member));
        }
        return members;
    }

    Member leader() throws IOException {
        final HttpReply reply = cluster.ask(Call.get(PATH + "/leader"), deadline);
        check(reply, 200);
        return Member.of(Json.parse(reply.body()));
    }

    Member add(final String peerUrl) throws IOException {
        final HttpReply reply =
                cluster.ask(Call.json("POST", PATH, urls(List.of(peerUrl))), deadline);
        check(reply, 201, CONFLICT);
        refuse(reply, CONFLICT);
        return Member.of(Json.parse(reply.body()));
    }

    void update(final String id, final List<String> peerUrls) throws IOException {
        final HttpReply reply = cluster.ask(Call.json("PUT", path(id), urls(peerUrls)), deadline);
        check(reply, 204, NOT_FOUND, CONFLICT);
        refuse(reply, NOT_FOUND);
        refuse(reply, CONFLICT);
    }

    void remove(final String id) throws IOException {
        check(cluster.ask(new Call("DELETE", path(id), "", null, false), deadline), 204, 410);
    }

    /**
     * Whether a member says at one of its URLs that it is healthy.
     *
     * @throws IOException with why it says nothing.
     */
    boolean isHealthy(final String clientUrl) throws IOException {
        final HttpReply reply;
        try {
            reply = cluster.health(clientUrl);
        } catch (final IOException e) {
            throw new IOException(
                    "Get \"" + clientUrl + "/health\": " + Cluster.reason(clientUrl, e), e);
        }
        // A string by etcd, a boolean by its proxies.
        final Object health = Json.object(Json.parse(reply.body())).get("health");
        return "true".equals(health) || Boolean.TRUE.equals(health);
    }

    private static String path(final String id) {
        return GoText.escapedPath(GoText.canonicalPath(PATH + "/" + id));
    }

    private static void check(final HttpReply reply, final int... expected) throws IOException {
        for (final int status : expected) {
            if (reply.status() == status) {
                return;
            }
        }
        throw new IOException("unexpected status code " + reply.status());
    }

    private static void refuse(final HttpReply reply, final int status) throws IOException {
        if (reply.status() == status) {
            throw new IOException(Json.text(Json.object(Json.parse(reply.body())).get("message")));
        }
    }

    /** Looked at before they are sent, so that the user hears what is wrong with them. */
    private static String urls(final List<String> peerUrls) throws IOException {
        final List<String> quoted = new ArrayList<>();
        for (final String url : peerUrls) {
            checkUrl(url);
            quoted.add(GoText.json(url));
        }
        return "{\"peerURLs\":[" + String.join(",", quoted) + "]}";
    }

    private static void checkUrl(final String url) throws IOException {
        final URI uri;
        try {
            uri = new URI(url);
        } catch (final URISyntaxException e) {
            throw new IOException("parse \"" + url + "\": " + e.getReason(), e);
        }
        if (uri.getScheme() == null || !SCHEMES.contains(uri.getScheme())) {
            throw new IOException("URL scheme must be http, https, unix, or unixs: " + url);
        }
        final String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
        final String port = authority.replaceFirst("^(\\[.*]|[^:]*)", "");
        if (!port.matches("(:[0-9]*)?")) {
            throw new IOException(
                    "parse \"" + url + "\": invalid port \"" + port + "\" after host");
        }
        if (port.isEmpty()) {
            throw new IOException("URL address does not have the form \"host:port\": " + url);
        }
        if (!uri.getRawPath().isEmpty()) {
            throw new IOException("URL must not contain a path: " + url);
        }
    }
}
