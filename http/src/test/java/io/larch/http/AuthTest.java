package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.auth.AuthApplication;
import io.larch.engine.codec.ErrorCode;
import io.larch.engine.port.AuthView;
import io.larch.engine.port.AuthViews;
import io.larch.engine.port.RequestPort;
import io.larch.http.auth.Guard;
import io.larch.http.wire.HttpDecoder;
import io.larch.http.wire.InputBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Users and roles, and who may do what; texts and statuses as etcd's, most of them seen on a real
 * 3.4.
 */
class AuthTest {
    private static final String USERS = "/v2/auth/users";
    private static final String ROLES = "/v2/auth/roles";
    private static final String ENABLE = "/v2/auth/enable";
    private static final String INSUFFICIENT = "Insufficient credentials";
    private static final String ROOT_ROLE =
            "{\"role\":\"root\",\"permissions\":{\"kv\":{\"read\":[\"/*\"],\"write\":[\"/*\"]}}}";

    private final AuthViews views = new AuthViews();
    private final Client client = new Client(new HttpContext().auth(views).bcryptCost(4));
    private String pair;

    AuthTest() {
        client.engine.auth = new AuthApplication(views);
    }

    @AfterEach
    void close() {
        client.close();
    }

    private String send(final String method, final String target, final String body) {
        return client.send(text(method, target, body));
    }

    private String text(final String method, final String target, final String body) {
        return method
                + ' '
                + target
                + " HTTP/1.1\r\nHost: x\r\n"
                + (pair == null ? "" : "Authorization: " + pair + "\r\n")
                + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body;
    }

    private static String basic(final String namePassword) {
        return "Basic "
                + Base64.getEncoder().encodeToString(namePassword.getBytes(StandardCharsets.UTF_8));
    }

    private AuthTest as(final String namePassword) {
        pair = namePassword == null ? null : basic(namePassword);
        return this;
    }

    private int status(final String method, final String target) {
        return Client.statusOf(send(method, target, ""));
    }

    private static void assertMessage(final int status, final String text, final String reply) {
        assertEquals("{\"message\":\"" + text + "\"}", Client.bodyOf(reply));
        assertEquals(status, Client.statusOf(reply));
        assertEquals("application/json", Client.headerOf(reply, "Content-Type"));
    }

    private static void assertPrinted(final int status, final String json, final String reply) {
        assertEquals(json + "\n", Client.bodyOf(reply));
        assertEquals(status, Client.statusOf(reply));
        assertEquals("application/json", Client.headerOf(reply, "Content-Type"));
        assertEquals("a10e20a2639400db", Client.headerOf(reply, "X-Etcd-Cluster-Id"));
    }

    private static void assertDone(final String reply) {
        assertEquals(200, Client.statusOf(reply));
        assertEquals("", Client.bodyOf(reply));
        assertEquals("application/json", Client.headerOf(reply, "Content-Type"));
    }

    private static void assertRefused(final String reply) {
        assertMessage(401, INSUFFICIENT, reply);
        assertNull(Client.headerOf(reply, "X-Etcd-Cluster-Id"));
        assertNull(Client.headerOf(reply, "WWW-Authenticate"));
    }

    private static void assertKeyRefused(final String reply) {
        assertEquals(
                "{\"errorCode\":110,\"message\":\"The request requires user authentication\","
                        + "\"cause\":\"Insufficient credentials\",\"index\":0}\n",
                Client.bodyOf(reply));
        assertEquals(401, Client.statusOf(reply));
        assertEquals("0", Client.headerOf(reply, "X-Etcd-Index"));
        assertEquals("a10e20a2639400db", Client.headerOf(reply, "X-Etcd-Cluster-Id"));
    }

    private String putUser(final String name, final String fields) {
        return send("PUT", USERS + "/" + name, "{\"user\":\"" + name + "\"" + fields + "}");
    }

    private String putRole(final String name, final String fields) {
        return send("PUT", ROLES + "/" + name, "{\"role\":\"" + name + "\"" + fields + "}");
    }

    private static String kv(final String read, final String write) {
        return "{\"kv\":{\"read\":" + read + ",\"write\":" + write + "}}";
    }

    /** With users root and u1, whose role r1 has these permissions. */
    private void enable(final String read, final String write) {
        putUser("root", ",\"password\":\"rp\"");
        putUser("u1", ",\"password\":\"p1\",\"roles\":[\"none\",\"r1\"]");
        putRole("r1", ",\"permissions\":" + kv(read, write));
        assertDone(send("PUT", ENABLE, ""));
        as("root:rp");
        assertDone(send("DELETE", ROLES + "/guest", ""));
        as(null);
    }

    // --- pages ---

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

    // --- who may ---

    @Test
    void shouldLetNobodyButRootSeeOrChangeUsersAndRoles() {
        enable("[\"/*\"]", "[\"/*\"]");
        for (final String who : new String[] {null, "u1:p1", "root:bad", "nobody:x", "root:"}) {
            as(who);
            for (final String page : List.of(USERS, ROLES, USERS + "/u1", ROLES + "/r1")) {
                assertRefused(send("GET", page, ""));
            }
            for (final String method : List.of("PUT", "DELETE")) {
                assertRefused(send(method, USERS + "/u1", "xx"));
                assertRefused(send(method, ROLES + "/r1", "xx"));
                assertRefused(send(method, ENABLE, ""));
            }
            assertPrinted(200, "{\"enabled\":true}", send("GET", ENABLE, ""));
        }
        as("root:rp");
        assertEquals(200, status("GET", USERS));
        assertEquals(200, status("GET", ROLES + "/r1"));
        assertMessage(409, "auth: already enabled", send("PUT", ENABLE, ""));
        assertMessage(
                403,
                "auth: Cannot delete root user while auth is enabled.",
                send("DELETE", USERS + "/root", ""));
        putUser("u1", ",\"grant\":[\"root\"]");
        as("u1:p1");
        assertEquals(200, status("GET", USERS));
        assertDone(send("DELETE", ENABLE, ""));
        as(null);
        assertEquals(200, status("GET", USERS));
    }

    @Test
    void shouldLetNobodyButRootChangeTheMembership() {
        enable("[\"/*\"]", "[\"/*\"]");
        assertEquals(200, status("GET", "/v2/members"));
        assertEquals(200, status("GET", "/v2/machines"));
        for (final String method : List.of("POST", "PUT", "DELETE")) {
            assertRefused(send(method, "/v2/members/x", ""));
        }
        assertEquals(405, status("PATCH", "/v2/members"));
        assertRefused(send("PUT", "/v2/admin/config", "{}"));
        assertRefused(send("DELETE", "/v2/admin/machines/default", ""));
        assertEquals(200, status("GET", "/v2/admin/machines"));
        as("root:rp");
        assertEquals(415, status("POST", "/v2/members"));
        assertMessage(404, "No such member: x", send("DELETE", "/v2/members/x", ""));
        assertMessage(404, "No such member: y", send("DELETE", "/v2/admin/machines/y", ""));
    }

    @Test
    void shouldAskNobodyForStatisticsAndHealth() {
        enable("[]", "[]");
        for (final String page :
                List.of("/v2/stats/self", "/v2/stats/store", "/version", "/health", ENABLE)) {
            assertEquals(200, status("GET", page), page);
        }
        assertEquals(
                204, Client.statusOf(send("PUT", "/config/local/log", "{\"Level\":\"info\"}")));
    }

    // --- keys ---

    @Test
    void shouldLookAtTheKeyAsItWasSent() {
        enable("[\"/b/*\",\"/c\"]", "[\"/c\",\"/d/*\"]");
        as("u1:p1");
        assertKeyRefused(send("GET", "/v2/keys/b?recursive=true", ""));
        assertEquals(404, status("GET", "/v2/keys/b/?recursive=true"));
        assertEquals(404, status("HEAD", "/v2/keys/b/x"));
        assertEquals(201, Client.statusOf(send("PUT", "/v2/keys/c", "value=1")));
        assertEquals(201, Client.statusOf(send("PUT", "/v2/keys/%64/x", "value=1")));
        assertEquals(200, status("GET", "/v2/keys/c"));
        assertKeyRefused(send("PUT", "/v2/keys/c/", "value=1"));
        assertKeyRefused(send("GET", "/v2/keys/c?recursive=true", ""));
        assertKeyRefused(send("PUT", "/v2/keys/c?recursive=true", "value=1"));
        assertKeyRefused(send("PUT", "/v2/keys/c", "value=1&recursive=true"));
        assertKeyRefused(send("PUT", "/v2/keys/b/x", "value=1"));
        assertKeyRefused(send("GET", "/v2/keys", ""));
        assertKeyRefused(send("GET", "/v2/keys/", ""));
        assertKeyRefused(send("POST", "/v2/keys/d", "value=1"));
        assertEquals(404, Client.statusOf(send("POST", "/v2/keys/d/q", "value=1")));
        assertKeyRefused(send("GET", "/v2/keys/e?wait=true", ""));
    }

    @Test
    void shouldLookForMistakesAndMethodsFirst() {
        enable("[]", "[]");
        as("u1:bad");
        assertEquals(400, status("PUT", "/v2/keys/a?prevExist=bad"));
        assertEquals(405, status("PATCH", "/v2/keys/a"));
        assertKeyRefused(send("PUT", "/v2/keys/a", "value=1"));
    }

    @Test
    void shouldLetTheGuestDoWhatItsRoleSays() {
        enable("[]", "[]");
        assertKeyRefused(send("GET", "/v2/keys/a", ""));
        as("root:rp");
        putRole("guest", ",\"permissions\":" + kv("[\"/open\",\"/all/*\"]", "[\"/open\"]"));
        as(null);
        assertEquals(404, status("GET", "/v2/keys/open"));
        assertEquals(404, status("GET", "/v2/keys/open?recursive=true"), "not looked at");
        assertEquals(201, Client.statusOf(send("PUT", "/v2/keys/open", "value=1")));
        assertKeyRefused(send("PUT", "/v2/keys/all/x", "value=1"));
        as("u1:p1");
        assertKeyRefused(send("GET", "/v2/keys/open", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer x",
                "Basic",
                "Basic  cm9vdDpycA==",
                "Basic cm9vdDpycA",
                "Basic cm9vd!pycA==",
                "Basic cm9vdA==",
                "Basic cm9vdDpyUA==",
                "x"
            })
    void shouldRefuseWhatIsNoPairWithoutFallingBackToTheGuest(final String authorization) {
        enable("[]", "[]");
        as("root:rp");
        putRole("guest", ",\"permissions\":" + kv("[\"/*\"]", "[\"/*\"]"));
        pair = authorization;
        assertKeyRefused(send("GET", "/v2/keys/a", ""));
        assertRefused(send("GET", USERS, ""));
    }

    @Test
    void shouldTakeNoValueForNoHeaderAndTheSchemeInAnyCase() {
        enable("[]", "[]");
        pair = "";
        assertKeyRefused(send("GET", "/v2/keys/a", ""));
        assertRefused(send("GET", USERS, ""));
        pair = basic("root:rp").replace("Basic", "bASIC");
        assertEquals(200, status("GET", USERS));
    }

    /** As etcd 2.3 and 3.4, whose bcrypt looks at so many bytes. */
    @Test
    void shouldLookAtTheFirst72BytesOfAPassword() {
        enable("[\"/*\"]", "[]");
        as("root:rp");
        putUser("u1", ",\"password\":\"" + "x".repeat(80) + "\"");
        as("u1:" + "x".repeat(72));
        assertEquals(404, status("GET", "/v2/keys/a"));
        as("u1:" + "x".repeat(71));
        assertKeyRefused(send("GET", "/v2/keys/a", ""));
    }

    @Test
    void shouldSplitAtTheFirstColon() {
        enable("[\"/*\"]", "[]");
        as("root:rp");
        putUser("u1", ",\"password\":\"a:b\"");
        as("u1:a:b");
        assertEquals(404, status("GET", "/v2/keys/a"));
    }

    // --- what is remembered ---

    /** Whether the next request is answered without a comparison. */
    private boolean isRemembered() {
        client.isPasswordWorkerBusy = true;
        final boolean isAnswered = !send("GET", "/v2/keys/a", "").isEmpty();
        client.isPasswordWorkerBusy = false;
        if (!isAnswered) {
            assertFalse(client.received().isEmpty());
        }
        return isAnswered;
    }

    @Test
    void shouldCompareAPasswordOnce() {
        enable("[\"/*\"]", "[]");
        as("u1:p1");
        assertFalse(isRemembered());
        assertTrue(isRemembered());
        as("u1:bad");
        assertFalse(isRemembered());
        assertFalse(isRemembered(), "what is wrong is never remembered");
    }

    private void asRoot(final Runnable change) {
        final String before = pair;
        as("root:rp");
        change.run();
        pair = before;
    }

    @Test
    void shouldForgetAtOnceWhatIsNotSoAnyMore() {
        enable("[\"/*\"]", "[]");
        as("u1:p1");
        assertEquals(404, status("GET", "/v2/keys/a"));
        asRoot(() -> putRole("r1", ",\"revoke\":" + kv("[\"/*\"]", "[]")));
        assertKeyRefused(send("GET", "/v2/keys/a", ""));
        assertTrue(isRemembered(), "the password is still right");
        asRoot(() -> putRole("r1", ",\"grant\":" + kv("[\"/*\"]", "[]")));
        assertEquals(404, status("GET", "/v2/keys/a"));
        asRoot(() -> putUser("u1", ",\"revoke\":[\"r1\"]"));
        assertKeyRefused(send("GET", "/v2/keys/a", ""));
        asRoot(() -> putUser("u1", ",\"grant\":[\"r1\"]"));
        assertEquals(404, status("GET", "/v2/keys/a"));
        asRoot(() -> putUser("u1", ",\"password\":\"p2\""));
        assertKeyRefused(send("GET", "/v2/keys/a", ""));
        as("u1:p2");
        assertEquals(404, status("GET", "/v2/keys/a"));
        asRoot(() -> send("DELETE", USERS + "/u1", ""));
        assertKeyRefused(send("GET", "/v2/keys/a", ""));
        asRoot(() -> putUser("u1", ",\"password\":\"p2\",\"roles\":[\"r1\"]"));
        assertFalse(isRemembered(), "a user of the same name is another one");
        assertEquals(404, status("GET", "/v2/keys/a"));
    }

    /** Who knows the new password comes after the change, and is asked for nothing else. */
    @Test
    void shouldDecideByWhatIsAppliedWhenItIsDecided() {
        enable("[\"/*\"]", "[]");
        as("u1:p1");
        client.isPasswordWorkerBusy = true;
        final String waiting = text("GET", "/v2/keys/a", "");
        assertEquals("", client.send(waiting));
        final AuthView view = views.newest();
        final AuthView.User user = view.user("u1");
        views.publish(view.with(new AuthView.User("u1", "$2a$04$no", user.roles())));
        client.isPasswordWorkerBusy = false;
        assertKeyRefused(client.received());
    }

    // --- many, slow, and gone ---

    @Test
    void shouldLetManyWaitForOneComparison() {
        enable("[\"/*\"]", "[]");
        as("u1:p1");
        final String request = text("GET", "/v2/keys/a", "");
        final List<AtomicReference<Guard.Answer>> answers = new ArrayList<>();
        client.isPasswordWorkerBusy = true;
        assertEquals("", client.send(request));
        for (int i = 0; i < 100; i++) {
            final AtomicReference<Guard.Answer> answer = new AtomicReference<>();
            answers.add(answer);
            inquire(request, answer);
        }
        assertEquals(1, client.passwords.waiting());
        client.isPasswordWorkerBusy = false;
        assertEquals(404, Client.statusOf(client.received()));
        answers.forEach(answer -> assertEquals(Guard.Answer.ASK_AGAIN, answer.get()));
    }

    private void inquire(final String text, final AtomicReference<Guard.Answer> answer) {
        final HttpDecoder decoder = new HttpDecoder(1 << 16, 1 << 16, new InputBudget(1L << 30));
        decoder.decode(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
        client.loop.guard().verify(decoder.request(), "another", answer::set);
    }

    @Test
    void shouldRefuseToCompareMoreThanSoMany() {
        enable("[\"/*\"]", "[]");
        client.isPasswordWorkerBusy = true;
        final List<AtomicReference<Guard.Answer>> answers = new ArrayList<>();
        for (int i = 0; i < 66; i++) {
            final AtomicReference<Guard.Answer> answer = new AtomicReference<>();
            answers.add(answer);
            as("u1:bad" + i);
            inquire(text("GET", "/v2/keys/a", ""), answer);
        }
        client.channel.runPendingTasks();
        assertEquals(64, client.passwords.waiting());
        assertNull(answers.get(63).get());
        assertEquals(Guard.Answer.TOO_MANY, answers.get(64).get());
        assertEquals(Guard.Answer.TOO_MANY, answers.get(65).get());
        as("u1:p1");
        client.isPasswordWorkerBusy = false;
        assertEquals(404, status("GET", "/v2/keys/a"), "another address has its turn");
    }

    @Test
    void shouldTimeOutAndForgetWhoIsGone() {
        enable("[\"/*\"]", "[]");
        as("u1:p1");
        client.isPasswordWorkerBusy = true;
        assertEquals("", send("GET", "/v2/keys/a", ""));
        for (int i = 0; i < 80; i++) {
            client.advanceMs(100);
        }
        final String late = client.received();
        assertEquals(500, Client.statusOf(late));
        assertTrue(late.contains("request timed out"), late);
        assertEquals("", send("GET", USERS, ""));
        for (int i = 0; i < 80; i++) {
            client.advanceMs(100);
        }
        assertMessage(500, "etcdserver: request timed out", client.received());
        assertEquals("", send("GET", "/v2/keys/b", ""));
        client.channel.close();
        client.isPasswordWorkerBusy = false;
        assertEquals("", client.received());
        assertTrue(client.loop.isIdle());
    }

    @Test
    void shouldAnswerRequestsBehindOneThatWaitsInTheirOrder() {
        enable("[\"/*\"]", "[]");
        as("u1:p1");
        final String first = text("GET", "/v2/keys/a", "");
        as("u1:bad");
        final String second = text("GET", "/v2/keys/a", "");
        final String replies =
                client.send(first + second + "GET /version HTTP/1.1\r\nHost: x\r\n\r\n");
        final int refused = replies.indexOf("HTTP/1.1 401");
        assertTrue(replies.startsWith("HTTP/1.1 404"), replies);
        assertTrue(refused > 0, replies);
        // Wrong once: it rests, and so does its connection only.
        assertTrue(replies.indexOf("etcdserver") > refused, replies);
    }

    // --- secrets ---

    @Test
    void shouldHandNoPasswordToTheEngine() {
        final String password = "correct horse battery";
        putUser("root", ",\"password\":\"" + password + "\"");
        for (final byte[] command : client.engine.authCommands) {
            final String text = new String(command, StandardCharsets.ISO_8859_1);
            assertFalse(text.contains("horse"), text);
            assertTrue(text.contains("$2a$04$"), text);
        }
        assertEquals(1, client.engine.authCommands.size());
        final String everything =
                client.get(USERS) + client.get(USERS + "/root") + client.get("/debug/vars");
        assertFalse(everything.contains("horse"));
        assertFalse(everything.contains("$2a$"), "nor is a hash shown");
    }

    @Test
    void shouldLeakNothing() {
        enable("[\"/*\"]", "[]");
        as("u1:p1");
        final ByteBuf request =
                Unpooled.copiedBuffer(text("GET", "/v2/keys/a", ""), StandardCharsets.ISO_8859_1);
        client.channel.writeInbound(request);
        client.received();
        assertEquals(0, request.refCnt());
    }
}
