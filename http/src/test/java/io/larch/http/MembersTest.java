package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.port.Query;
import io.larch.engine.port.Query.MemberChange;
import io.larch.engine.port.QueryViews.ChangeOutcome;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Changes of the membership; texts and statuses as etcd's, most of them seen on a real one. */
class MembersTest {
    private static final String JSON = "application/json";

    private final Client client = new Client();

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void shouldAddAMember() {
        final String reply =
                post(
                        "{\"name\":\"ignored\",\"PEERurls\":[\"http://h:21997\", \"HTTP://h:21996 \"]}");

        assertEquals(201, Client.statusOf(reply));
        assertEquals(
                "{\"id\":\"abc\",\"name\":\"\",\"peerURLs\":[\"http://h:21996\",\"http://h:21997\"],"
                        + "\"clientURLs\":[]}\n",
                Client.bodyOf(reply));
        assertEquals(JSON, Client.headerOf(reply, "Content-Type"));
        assertEquals("a10e20a2639400db", Client.headerOf(reply, "X-Etcd-Cluster-Id"));
        assertEquals(
                new MemberChange(
                        MemberChange.Op.ADD, 0, List.of("http://h:21996", "http://h:21997")),
                change());
    }

    @Test
    void shouldAddAMemberWhateverFollowsThePath() {
        assertEquals(
                201,
                Client.statusOf(
                        client.request(
                                "POST", "/v2/members/leader", JSON, urls("http://h:21997"))));
    }

    @Test
    void shouldUpdateAndRemoveAMember() {
        client.engine.outcome = ChangeOutcome.DONE;
        final String updated = client.request("PUT", "/v2/members/00ABC", JSON, urls("http://h:1"));
        assertEquals(204, Client.statusOf(updated));
        assertEquals("", Client.bodyOf(updated));
        assertNull(Client.headerOf(updated, "Content-Type"));
        assertNull(Client.headerOf(updated, "Content-Length"));
        assertEquals("a10e20a2639400db", Client.headerOf(updated, "X-Etcd-Cluster-Id"));
        assertEquals(
                new MemberChange(MemberChange.Op.UPDATE, 0xABC, List.of("http://h:1")), change());

        assertEquals(
                204, Client.statusOf(client.request("DELETE", "/v2/members/abc", "", "ignored")));
        assertEquals(new MemberChange(MemberChange.Op.REMOVE, 0xABC, List.of()), change());
    }

    @ParameterizedTest
    @CsvSource({
        "ID_EXISTS,409,etcdserver: ID exists",
        "PEER_URL_EXISTS,409,etcdserver: peerURL exists",
        "ID_REMOVED,500,Internal Server Error",
        "NOT_ENOUGH_STARTED,500,"
                + "etcdserver: re-configuration failed due to not enough started members",
        "TOO_MANY_MEMBERS,409,etcdserver: a cluster has 9 members at most",
        "NOT_MADE,500,etcdserver: request timed out; the change was not made",
        "TIMED_OUT,500,etcdserver: request timed out; the change may yet be made",
        "TOO_MANY_REQUESTS,503,etcdserver: too many requests; the change was not made",
        "STOPPED,500,etcdserver: server stopped"
    })
    void shouldTellWhyAMemberIsNotAdded(
            final ChangeOutcome outcome, final int status, final String message) {
        client.engine.outcome = outcome;
        assertMessage(status, message, post(urls("http://h:1")));
    }

    @ParameterizedTest
    @CsvSource({
        "ID_NOT_FOUND,404,No such member: abc",
        "PEER_URL_EXISTS,409,etcdserver: peerURL exists",
        "ID_REMOVED,500,Internal Server Error",
        "TIMED_OUT,500,etcdserver: request timed out; the change may yet be made"
    })
    void shouldTellWhyAMemberIsNotUpdated(
            final ChangeOutcome outcome, final int status, final String message) {
        client.engine.outcome = outcome;
        assertMessage(
                status,
                message,
                client.request("PUT", "/v2/members/0abc", JSON, urls("http://h:1")));
    }

    @ParameterizedTest
    @CsvSource({
        "ID_NOT_FOUND,404,No such member: abc",
        "ID_REMOVED,410,Member permanently removed: abc",
        "NOT_ENOUGH_STARTED,500,"
                + "etcdserver: re-configuration failed due to not enough started members",
        "LAST_MEMBER,409,etcdserver: the last member cannot be removed",
        "LAST_VOTER,409,etcdserver: the only member that votes cannot be removed before another"
                + " one has started and caught up",
        "NOT_MADE,500,etcdserver: request timed out; the change was not made",
        "TIMED_OUT,500,etcdserver: request timed out; the change may yet be made"
    })
    void shouldTellWhyAMemberIsNotRemoved(
            final ChangeOutcome outcome, final int status, final String message) {
        client.engine.outcome = outcome;
        assertMessage(status, message, client.request("DELETE", "/v2/members/ABC", "", ""));
    }

    @Test
    void shouldCheckMethodThenIdThenTypeThenBody() {
        final String patch = client.request("PATCH", "/v2/members/xyz", "text/plain", "x");
        assertEquals(405, Client.statusOf(patch));
        assertEquals("GET,POST,DELETE,PUT", Client.headerOf(patch, "Allow"));
        assertNull(Client.headerOf(patch, "X-Etcd-Cluster-Id"));

        final String withoutId = client.request("PUT", "/v2/members/", "text/plain", "x");
        assertEquals(405, Client.statusOf(withoutId));
        assertEquals("Method Not Allowed\n", Client.bodyOf(withoutId));
        assertNull(Client.headerOf(withoutId, "Allow"));
        assertEquals("a10e20a2639400db", Client.headerOf(withoutId, "X-Etcd-Cluster-Id"));

        assertMessage(
                404,
                "No such member: xyz",
                client.request("PUT", "/v2/members/xyz", "text/plain", "x"));
        assertMessage(
                404,
                "No such member: 10000000000000000",
                client.request("DELETE", "/v2/members/10000000000000000", "", ""));
        assertMessage(
                415,
                "Bad Content-Type application/json; charset=utf-8, accept application/json",
                client.request("POST", "/v2/members", "application/json; charset=utf-8", "x"));
        assertMessage(
                415,
                "Bad Content-Type , accept application/json",
                client.request("PUT", "/v2/members/1", "", "x"));
        assertMessage(400, "invalid character 'x' looking for beginning of value", post("x"));
        assertTrue(client.engine.queries.isEmpty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``|unexpected end of JSON input",
                "{|unexpected end of JSON input",
                "{\"peerURLs\":x}|invalid character 'x' looking for beginning of value",
                "[]|json: cannot unmarshal array into Go value of type struct { PeerURLs []string"
                        + " \\\"json:\\\\\\\"peerURLs\\\\\\\"\\\" }",
                "nulx|invalid character 'x' in literal null (expecting 'l')",
                "null|no valid URLs given",
                "{}|no valid URLs given",
                "{\"peerURLs\":[]}|no valid URLs given",
                "{\"peerURLs\":\"http://a:1\"}|json: cannot unmarshal string into Go struct field"
                        + " .peerURLs of type []string",
                "{\"peerURLs\":[1]}|json: cannot unmarshal number into Go struct field .peerURLs of"
                        + " type string",
                "{\"peerURLs\":[\"http://a:1\"]}x|invalid character 'x' after top-level value",
                "{\"a\":1,}|invalid character '}' looking for beginning of object key string",
                "{\"a\" 1}|invalid character '1' after object key",
                "{\"a\":1 \"b\"}|invalid character '\\\"' after object key:value pair",
                "{\"a\":[1 2]}|invalid character '2' after array element",
                "{'a':1}|invalid character '\\\\'' looking for beginning of object key string",
                "{\"a\":\"\\x\"}|invalid character 'x' in string escape code",
                "{\"a\":01}|invalid character '1' after object key:value pair",
                "{\"a\":-}|invalid character '}' in numeric literal",
                "{\"a\":1.}|invalid character '}' after decimal point in numeric literal",
                "{\"a\":tru}|invalid character '}' in literal true (expecting 'e')"
            })
    void shouldSayWhatIsWrongWithTheBodyAsGoDoes(final String body, final String message) {
        final String reply = post(body);
        assertEquals(400, Client.statusOf(reply));
        assertEquals("{\"message\":\"" + message + "\"}", Client.bodyOf(reply));
    }

    @ParameterizedTest
    @CsvSource({
        "'','URL scheme must be http or https: '",
        "a,URL scheme must be http or https: a",
        "ftp://a:1,URL scheme must be http or https: ftp://a:1",
        "//a:1,URL scheme must be http or https: //a:1",
        "a:1,URL scheme must be http or https: a:1",
        "127.0.0.1:2380,parse \"127.0.0.1:2380\": first path segment in URL cannot contain colon",
        ":1,parse \":1\": missing protocol scheme",
        "http://a,URL address does not have the form \"host:port\": http://a",
        "http:a:1,URL address does not have the form \"host:port\": http:a:1",
        "http:/a:1,URL address does not have the form \"host:port\": http:/a:1",
        "http://::1:1/,URL address does not have the form \"host:port\": http://::1:1/",
        "http://a:1/,URL must not contain a path: http://a:1/",
        "http://u:p@a:1/,URL must not contain a path: http://u:p@a:1/",
        "http://[fe80::1%25lo]:1/,URL must not contain a path: http://[fe80::1%25lo]:1/",
        "http://a:x,parse \"http://a:x\": invalid port \":x\" after host",
        "http://a:-1,parse \"http://a:-1\": invalid port \":-1\" after host",
        "http://[::1,parse \"http://[::1\": missing ']' in host",
        "http://a b:1,parse \"http://a b:1\": invalid character \" \" in host name",
        "http://a^b:1/,parse \"http://a^b:1/\": invalid character \"^\" in host name",
        "http://a%zz:1,parse \"http://a%zz:1\": invalid URL escape \"%zz\"",
        "http://a:1/%zz,parse \"http://a:1/%zz\": invalid URL escape \"%zz\"",
        "%zz,parse \"%zz\": invalid URL escape \"%zz\""
    })
    void shouldSayWhatIsWrongWithAUrlAsGoDoes(final String url, final String message) {
        assertMessage(400, message, post(urls("http://fine:1", url)));
    }

    @ParameterizedTest
    @CsvSource({"https://a:1", "http://a:", "http://a:0", "http://a:65536"})
    void shouldRefuseAUrlThatNoMemberCouldBeReachedAt(final String url) {
        assertEquals(400, Client.statusOf(post(urls(url))));
        assertTrue(client.engine.queries.isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"http://u@a:1", "http://a:1?q", "http://a:1#f"})
    void shouldRefuseAUrlWithMoreThanAnAddress(final String url) {
        assertMessage(400, "URL must consist of scheme, host and port: " + url, post(urls(url)));
    }

    @ParameterizedTest
    @CsvSource({"http://[::1]:2380", "http://:2380", "HTTP://a:2380", "hTTp://:1"})
    void shouldTakeAUrlAsEtcdDoes(final String url) {
        assertEquals(201, Client.statusOf(post(urls(url))));
    }

    @Test
    void shouldGiveUpOnAChangeThatIsNotAnswered() {
        client.engine.isAnswering = false;
        assertEquals("", post(urls("http://h:1")));
        client.advanceMs(7_300);
        assertMessage(
                500,
                "etcdserver: request timed out; the change may yet be made",
                client.received());
        client.engine.answer(client.engine.queries.get(0));
        assertEquals("", client.received());
    }

    @Test
    void shouldShowTheLeaderButNoOtherSingleMember() {
        final String leader = client.get("/v2/members/leader");
        assertTrue(Client.bodyOf(leader).startsWith("{\"id\":\"99bca5ffd3b6b513\","), leader);
        assertMessage(404, "Not found", client.get("/v2/members/99bca5ffd3b6b513"));
        assertMessage(404, "Not found", client.get("/v2/members/leader/"));
        client.engine.leaderId = 0;
        assertMessage(503, "During election", client.get("/v2/members/leader"));
    }

    @Test
    void shouldHaveNoV2PagesWhenSwitchedOff() {
        try (Client without = new Client(new HttpContext().enableV2(false))) {
            for (final String path :
                    List.of(
                            "/v2/members",
                            "/v2/keys",
                            "/v2/keys/a",
                            "/v2/machines",
                            "/v2/stats/self",
                            "/v2/auth/users",
                            "/v2/leader")) {
                final String reply = without.get(path);
                assertEquals(404, Client.statusOf(reply), path);
                assertEquals("404 page not found\n", Client.bodyOf(reply));
            }
            assertEquals(404, Client.statusOf(without.form("PUT", "/v2/keys/a", "value=1")));
            assertEquals(200, Client.statusOf(without.get("/version")));
            assertEquals(200, Client.statusOf(without.get("/health")));
            assertTrue(without.engine.commands.isEmpty());
        }
        assertFalse(client.get("/v2/members").isEmpty());
    }

    private String post(final String body) {
        return client.request("POST", "/v2/members", JSON, body);
    }

    private static String urls(final String... urls) {
        return "{\"peerURLs\":[\"" + String.join("\",\"", urls) + "\"]}";
    }

    private MemberChange change() {
        final List<Query<?>> queries = client.engine.queries;
        return queries.get(queries.size() - 1).change();
    }

    private static void assertMessage(final int status, final String message, final String reply) {
        assertEquals(status, Client.statusOf(reply), reply);
        assertEquals(
                "{\"message\":\"" + message.replace("\"", "\\\"") + "\"}", Client.bodyOf(reply));
        assertEquals(JSON, Client.headerOf(reply, "Content-Type"));
        assertEquals("a10e20a2639400db", Client.headerOf(reply, "X-Etcd-Cluster-Id"));
    }
}
