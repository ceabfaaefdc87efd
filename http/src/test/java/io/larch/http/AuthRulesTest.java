package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what; texts and statuses as etcd's, most of them seen on a real 3.4. */
class AuthRulesTest extends AuthFixture {
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
}
