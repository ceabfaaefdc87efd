package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.larch.engine.port.AuthView;
import io.larch.http.auth.Guard;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Passwords: when they are compared, who waits for that, and that nobody sees them. */
class AuthPasswordsTest extends AuthFixture {
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
            inquire(request, answer::set);
        }
        assertEquals(1, client.passwords.waiting());
        client.isPasswordWorkerBusy = false;
        assertEquals(404, Client.statusOf(client.received()));
        answers.forEach(answer -> assertEquals(Guard.Answer.ASK_AGAIN, answer.get()));
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
            inquire(text("GET", "/v2/keys/a", ""), answer::set);
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
