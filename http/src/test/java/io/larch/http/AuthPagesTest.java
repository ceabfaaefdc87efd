package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.codec.ErrorCode;
import io.larch.engine.port.RequestPort;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages of users and roles; texts and statuses as etcd's, most of them seen on a real 3.4. */
class AuthPagesTest extends AuthFixture {
    @Test
    void shouldShowWhatThereIsBeforeAnythingWasChanged() {
        assertPrinted(200, "{\"users\":null}", client.get(USERS));
        assertPrinted(200, "{\"users\":null}", client.get(USERS + "/"));
        assertPrinted(200, "{\"roles\":[" + ROOT_ROLE + "]}", client.get(ROLES));
        assertPrinted(200, ROOT_ROLE, client.get(ROLES + "/root"));
        assertPrinted(200, "{\"enabled\":false}", client.get(ENABLE));
        assertMessage(404, "auth: User x does not exist.", client.get(USERS + "/x"));
        assertMessage(404, "auth: Role x does not exist.", client.get(ROLES + "/x"));
        assertMessage(409, "auth: already disabled", send("DELETE", ENABLE, ""));
        assertMessage(
                409, "auth: No root user available, please create one", send("PUT", ENABLE, ""));
    }

    @Test
    void shouldPrintUsersAsEtcdDoes() {
        assertPrinted(
                201,
                "{\"user\":\"root\",\"roles\":[\"root\"]}",
                putUser("root", ",\"password\":\"x\""));
        assertPrinted(
                201, "{\"user\":\"u1\",\"roles\":null}", putUser("u1", ",\"password\":\"x\""));
        assertPrinted(
                200,
                "{\"user\":\"u2\",\"roles\":[\"r2\",\"no\"]}",
                putUser("u2", ",\"password\":\"x\",\"roles\":[\"r2\",\"no\"],\"grant\":[]"));
        assertPrinted(
                201,
                "{\"role\":\"r2\",\"permissions\":{\"kv\":{\"read\":[\"/<a>\"],\"write\":null}}}"
                        .replace("<a>", "\\u003ca\\u003e"),
                putRole(
                        "r2",
                        ",\"permissions\":{\"kv\":{\"read\":[\"/<a>\"]}},\"more\":{\"x\":[1]}"));
        final String role =
                "{\"role\":\"r2\",\"permissions\":{\"kv\":{\"read\":[\"/\\u003ca\\u003e\"],\"write\":null}}}";
        assertPrinted(200, role, client.get(ROLES + "/r2"));
        assertPrinted(
                200,
                "{\"users\":[{\"user\":\"root\",\"roles\":["
                        + ROOT_ROLE
                        + "]},{\"user\":\"u1\"},{\"user\":\"u2\",\"roles\":["
                        + role
                        + "]}]}",
                client.get(USERS));
        assertPrinted(200, "{\"user\":\"u1\"}", client.get(USERS + "/u1"));
        assertMessage(404, "auth: Role no does not exist.", client.get(USERS + "/u2"));
        assertPrinted(
                200, "{\"user\":\"u2\",\"roles\":[\"r2\"]}", putUser("u2", ",\"revoke\":[\"no\"]"));
        assertPrinted(200, "{\"user\":\"u2\",\"roles\":[" + role + "]}", client.get(USERS + "/u2"));
        putRole("z", "");
        assertPrinted(
                200,
                "{\"roles\":["
                        + role
                        + ","
                        + ROOT_ROLE
                        + ",{\"role\":\"z\",\"permissions\":{\"kv\":{\"read\":null,\"write\":null}}}]}",
                client.get(ROLES));
        assertDone(send("DELETE", USERS + "/u2", ""));
        assertMessage(404, "auth: User u2 does not exist", send("DELETE", USERS + "/u2", ""));
        assertDone(send("DELETE", ROLES + "/r2", ""));
        assertMessage(404, "auth: Role r2 doesn't exist.", send("DELETE", ROLES + "/r2", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "xx",
                "[]",
                "5",
                "{\"user\":\"u1\"",
                "{\"user\":\"u1\",}",
                "{\"user\":5}",
                "{\"user\":\"u1\",\"password\":5}",
                "{\"user\":\"u1\",\"password\":\"secret\",\"roles\":\"r\"}",
                "{\"user\":\"u1\",\"roles\":[5]}",
                "{\"user\":\"u1\",\"grant\":{}}"
            })
    void shouldRefuseABodyThatIsNoUser(final String body) {
        assertMessage(400, "Invalid JSON in request body.", send("PUT", USERS + "/u1", body));
        assertTrue(client.engine.authCommands.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"role\":\"r1\",\"permissions\":[]}",
                "{\"role\":\"r1\",\"permissions\":{\"kv\":{\"read\":\"/a\"}}}",
                "{\"role\":\"r1\",\"grant\":{\"kv\":[]}}",
                "{\"role\":\"r1\",\"grant\":{\"kv\":{\"write\":[[]]}}}"
            })
    void shouldRefuseABodyThatIsNoRole(final String body) {
        assertMessage(400, "Invalid JSON in request body.", send("PUT", ROLES + "/r1", body));
        assertTrue(client.engine.authCommands.isEmpty());
    }

    /** As Go's decoder, which looks no further than the first value. */
    @Test
    void shouldReadWhatGoReads() {
        final String body =
                " {\"USER\":\"u1\",\"Password\":\"pw\",\"roles\":null,\"x\":[{}]}garbage";
        assertPrinted(201, "{\"user\":\"u1\",\"roles\":null}", send("PUT", USERS + "/u1", body));
        assertMessage(
                400,
                "User JSON name does not match the name in the URL",
                send("PUT", USERS + "/u1", "null"));
        final String user = "{\"user\":\"\u00c3\u00bc\",\"password\":\"x\"}";
        assertEquals(201, Client.statusOf(send("PUT", USERS + "/%C3%BC", user)));
        assertPrinted(200, "{\"user\":\"\u00c3\u00bc\"}", client.get(USERS + "/%c3%bc"));
    }

    @Test
    void shouldRefuseContradictionsInABody() {
        assertMessage(
                400,
                "User JSON name does not match the name in the URL",
                send("PUT", USERS + "/u1", "{\"user\":\"u2\"}"));
        assertMessage(
                400,
                "User JSON contains both roles and grant/revoke",
                putUser("u1", ",\"roles\":[\"a\"],\"revoke\":[\"b\"]"));
        assertMessage(
                400,
                "Role JSON name does not match the name in the URL",
                send("PUT", ROLES + "/r1", "{\"role\":\"r2\"}"));
        for (final String name : List.of("r1", "root")) {
            assertMessage(
                    400,
                    "Role JSON contains both permissions and grant/revoke",
                    putRole(
                            name,
                            ",\"permissions\":"
                                    + kv("[\"/a\"]", "[]")
                                    + ",\"grant\":"
                                    + kv("[\"/b\"]", "null")));
        }
        assertMessage(
                403,
                "auth: Cannot modify role root: is root role.",
                putRole("root", ",\"grant\":" + kv("[\"/b\"]", "null")));
    }

    @Test
    void shouldRefuseNamesAndPatternsThatCannotBe() {
        final String longest = "x".repeat(256);
        assertEquals(201, Client.statusOf(putUser(longest, ",\"password\":\"x\"")));
        final String tooLong = "auth: A name of a user or a role has at most 256 characters.";
        assertMessage(400, tooLong, putUser(longest + "x", ",\"password\":\"x\""));
        assertMessage(400, tooLong, putRole(longest + "x", ""));
        assertMessage(400, tooLong, putUser("u", ",\"grant\":[\"" + longest + "x\"]"));
        final String noPattern =
                "auth: A permission is a path, or the beginning of one and a star, of 1 to 4096 characters.";
        assertMessage(400, noPattern, putRole("r", ",\"permissions\":" + kv("[\"\"]", "[]")));
        assertMessage(
                400,
                noPattern,
                putRole("r", ",\"grant\":" + kv("[]", "[\"" + "/".repeat(4097) + "\"]")));
    }

    @Test
    void shouldSayWhenThereIsNoMoreRoom() {
        putRole("r1", "");
        final StringBuilder patterns = new StringBuilder("[\"/\"");
        for (int i = 0; i < 4000; i++) {
            patterns.append(",\"/").append(i).append('"');
        }
        final String reply = putRole("r1", ",\"grant\":" + kv(patterns + "]", "[]"));
        assertEquals(403, Client.statusOf(reply));
        assertTrue(Client.bodyOf(reply).contains("There is no room for it"), reply);
    }

    @Test
    void shouldSayThatNotAllMembersKnowUsersYet() {
        client.engine.authError = ErrorCode.RAFT_INTERNAL;
        client.engine.authCause = RequestPort.NOT_EVERYWHERE;
        assertMessage(
                500,
                "Not capable of accessing auth feature during rolling upgrades.",
                putUser("root", ",\"password\":\"x\""));
        client.engine.authCause = "etcdserver: request timed out";
        assertMessage(500, "Internal Server Error", putRole("r1", ""));
        client.engine.isFull = true;
        assertMessage(500, "Internal Server Error", putRole("r1", ""));
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v2/auth/users, GET",
        "PUT, /v2/auth/roles/, GET",
        "HEAD, /v2/auth/users, GET",
        "POST, /v2/auth/users/u1, 'GET,PUT,DELETE'",
        "HEAD, /v2/auth/roles/r1, 'GET,PUT,DELETE'",
        "PATCH, /v2/auth/enable, 'GET,PUT,DELETE'"
    })
    void shouldLookAtTheMethodBeforeItAsksWhoItIs(
            final String method, final String target, final String allow) {
        enable("[]", "[]");
        final String reply = send(method, target, "");
        assertEquals(405, Client.statusOf(reply));
        assertEquals(allow, Client.headerOf(reply, "Allow"));
    }

    @Test
    void shouldRefusePathsThatNoNameHas() {
        enable("[]", "[]");
        for (final String path : List.of("/u1/x", "/u1%2Fx", "/u1/")) {
            final String reply = send("POST", USERS + path, "");
            if (path.equals("/u1/")) {
                continue;
            }
            assertMessage(400, "Invalid path", reply);
            assertNull(Client.headerOf(reply, "X-Etcd-Cluster-Id"));
        }
        assertEquals(404, Client.statusOf(client.get("/v2/auth")));
        assertEquals(404, Client.statusOf(client.get("/v2/auth/")));
        assertEquals(404, Client.statusOf(client.get(ENABLE + "/")));
        assertEquals(301, Client.statusOf(client.get(USERS + "//u1")));
    }
}
