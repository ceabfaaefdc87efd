package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.larch.engine.auth.AuthApplication;
import io.larch.engine.port.AuthViews;
import io.larch.http.auth.Guard;
import io.larch.http.wire.HttpDecoder;
import io.larch.http.wire.InputBudget;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;

/** A member that knows users, and its clients, who may say who they are. */
abstract class AuthFixture {
    static final String USERS = "/v2/auth/users";
    static final String ROLES = "/v2/auth/roles";
    static final String ENABLE = "/v2/auth/enable";
    static final String INSUFFICIENT = "Insufficient credentials";
    static final String ROOT_ROLE =
            "{\"role\":\"root\",\"permissions\":{\"kv\":{\"read\":[\"/*\"],\"write\":[\"/*\"]}}}";

    final AuthViews views = new AuthViews();
    final Client client = new Client(new HttpContext().auth(views).bcryptCost(4));
    String pair;

    AuthFixture() {
        client.engine.auth = new AuthApplication(views);
    }

    @AfterEach
    void close() {
        client.close();
    }

    String send(final String method, final String target, final String body) {
        return client.send(text(method, target, body));
    }

    String text(final String method, final String target, final String body) {
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

    static String basic(final String namePassword) {
        return "Basic "
                + Base64.getEncoder().encodeToString(namePassword.getBytes(StandardCharsets.UTF_8));
    }

    void as(final String namePassword) {
        pair = namePassword == null ? null : basic(namePassword);
    }

    int status(final String method, final String target) {
        return Client.statusOf(send(method, target, ""));
    }

    static void assertMessage(final int status, final String text, final String reply) {
        assertEquals("{\"message\":\"" + text + "\"}", Client.bodyOf(reply));
        assertEquals(status, Client.statusOf(reply));
        assertEquals("application/json", Client.headerOf(reply, "Content-Type"));
    }

    static void assertPrinted(final int status, final String json, final String reply) {
        assertEquals(json + "\n", Client.bodyOf(reply));
        assertEquals(status, Client.statusOf(reply));
        assertEquals("application/json", Client.headerOf(reply, "Content-Type"));
        assertEquals("a10e20a2639400db", Client.headerOf(reply, "X-Etcd-Cluster-Id"));
    }

    static void assertDone(final String reply) {
        assertEquals(200, Client.statusOf(reply));
        assertEquals("", Client.bodyOf(reply));
        assertEquals("application/json", Client.headerOf(reply, "Content-Type"));
    }

    static void assertRefused(final String reply) {
        assertMessage(401, INSUFFICIENT, reply);
        assertNull(Client.headerOf(reply, "X-Etcd-Cluster-Id"));
        assertNull(Client.headerOf(reply, "WWW-Authenticate"));
    }

    static void assertKeyRefused(final String reply) {
        assertEquals(
                "{\"errorCode\":110,\"message\":\"The request requires user authentication\","
                        + "\"cause\":\"Insufficient credentials\",\"index\":0}\n",
                Client.bodyOf(reply));
        assertEquals(401, Client.statusOf(reply));
        assertEquals("0", Client.headerOf(reply, "X-Etcd-Index"));
        assertEquals("a10e20a2639400db", Client.headerOf(reply, "X-Etcd-Cluster-Id"));
    }

    String putUser(final String name, final String fields) {
        return send("PUT", USERS + "/" + name, "{\"user\":\"" + name + "\"" + fields + "}");
    }

    String putRole(final String name, final String fields) {
        return send("PUT", ROLES + "/" + name, "{\"role\":\"" + name + "\"" + fields + "}");
    }

    static String kv(final String read, final String write) {
        return "{\"kv\":{\"read\":" + read + ",\"write\":" + write + "}}";
    }

    /** With users root and u1, whose role r1 has these permissions. */
    void enable(final String read, final String write) {
        putUser("root", ",\"password\":\"rp\"");
        putUser("u1", ",\"password\":\"p1\",\"roles\":[\"none\",\"r1\"]");
        putRole("r1", ",\"permissions\":" + kv(read, write));
        assertDone(send("PUT", ENABLE, ""));
        as("root:rp");
        assertDone(send("DELETE", ROLES + "/guest", ""));
        as(null);
    }

    /** Another client that asks whether its name and its password fit. */
    void inquire(final String text, final Consumer<Guard.Answer> onKnown) {
        final HttpDecoder decoder = new HttpDecoder(1 << 16, 1 << 16, new InputBudget(1L << 30));
        decoder.decode(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
        client.loop.guard().verify(decoder.request(), "another", onKnown);
    }
}
