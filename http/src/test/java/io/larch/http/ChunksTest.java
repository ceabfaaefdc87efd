package io.larch.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which chunked bodies are whole, as etcd 3.4.23 was seen to judge them. */
class ChunksTest {
    private static final String HEAD =
            "PUT /v2/keys/a HTTP/1.1\r\nHost: x\r\n"
                    + "Content-Type: application/x-www-form-urlencoded\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n";
    private static final String DATA = "value=1\r\n";
    private static final String END = "0\r\n\r\n";

    private final Client client = new Client();

    @AfterEach
    void close() {
        client.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7\r\n",
                "7\n",
                "7\r\r\n",
                "7 \r\n",
                "7\t \r\n",
                "7 \n",
                "7 \r \n",
                "0000000000000007\r\n",
                "7;\r\n",
                "7;a=b\r\n",
                "7;a=b\n",
                "7; a = \"b;c\" \r\n",
                "7;a=\"b\r\n",
                "7;a\rb\r\n",
                "7;a\u0000\u00ff\r\n"
            })
    void shouldTakeTheSize(final String line) {
        assertEquals(201, Client.statusOf(client.send(HEAD + line + DATA + END)));
        assertEquals("1", client.engine.last().value());
        assertTrue(client.isOpen());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7\r",
                "7\u000b\r\n",
                " 7\r\n",
                "\t7\r\n",
                "0 7\r\n",
                "7 ;a=b\r\n",
                "7\t;a=b\r\n",
                "7\r;\n",
                "0x7\r\n",
                "+7\r\n",
                "g\r\n"
            })
    void shouldRefuseWhatIsNoSize(final String line) {
        refuse(line + DATA + END, "invalid byte in chunk length");
    }

    @Test
    void shouldRefuseAnEndlessSize() {
        refuse("00000000000000007\r\n" + DATA + END, "http chunk length too large");
    }

    @Test
    void shouldBoundTheLineOfASize() {
        final String longest = "7;" + "a".repeat(4091) + "\r\n";
        assertEquals(4095, longest.length());
        assertEquals(201, Client.statusOf(client.send(HEAD + longest + DATA + END)));
        refuse("7;" + "a".repeat(4092) + "\r\n" + DATA + END, "header line too long");
    }

    @ParameterizedTest
    @ValueSource(strings = {"value=1\n", "value=1\r", "value=1", "value=1\r\r\n", "value=1 \r\n"})
    void shouldRefuseAChunkWithoutItsEnd(final String data) {
        refuse("7\r\n" + data + END, "malformed chunked encoding");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0\n\r\n",
                "0\r\n\n",
                "00;x\n\n",
                "\r\n\r\n",
                "0\r\nA: b\r\n\r\n",
                "0\r\nA: b\n\n",
                "0\r\nA : b\r\nC(:\r\n: d\r\n\r\n",
                "0\r\nA: b\r\n c\r\n\td\r\n\r\n",
                "0\r\nContent-Length: 3\r\nTransfer-Encoding: x\r\n\r\n"
            })
    void shouldTakeTheEnd(final String end) {
        assertEquals(201, Client.statusOf(client.send(HEAD + "7\r\n" + DATA + end)));
        assertEquals(200, Client.statusOf(client.get("/v2/keys/a")));
    }

    @Test
    void shouldRefuseATrailerThatIsNone() {
        refuse(
                "7\r\n" + DATA + "0\r\nAb\r\n\r\n",
                "malformed MIME header: missing colon: \\\"Ab\\\"");
    }

    @Test
    void shouldRefuseATrailerThatGoesOnWithNone() {
        refuse("7\r\n" + DATA + "0\r\n A: b\r\n\r\n", "malformed MIME header initial line:  A: b");
    }

    @Test
    void shouldBoundTrailers() {
        final String longest = "0\r\nA: " + "b".repeat(4089) + "\r\n\r\n";
        assertEquals(201, Client.statusOf(client.send(HEAD + "7\r\n" + DATA + longest)));
        refuse(
                "7\r\n" + DATA + "0\r\nA: " + "b".repeat(4090) + "\r\n\r\n",
                "http: suspiciously long trailer after chunked body");
    }

    private void refuse(final String body, final String cause) {
        final int commands = client.engine.commands.size();
        final String reply = client.send(HEAD + body);
        assertEquals(400, Client.statusOf(reply), reply);
        assertTrue(reply.contains("\"errorCode\":210"), reply);
        assertTrue(reply.contains("\"cause\":\"" + cause + "\""), reply);
        assertEquals(commands, client.engine.commands.size());
        assertFalse(client.isOpen());
    }
}
