package io.larch.tools.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What flags say about connections of HTTP/2, frame by frame on a socket. */
@Tag("slow")
@Timeout(120)
class Http2FlagsTest {
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int MAX_CONCURRENT_STREAMS = 3;
    private static final int ENHANCE_YOUR_CALM = 11;
    private static final byte[] PREFACE =
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    @RegisterExtension final Servers servers = new Servers();

    /** Type and payload. */
    private record Frame(int type, byte[] payload) {}

    private static void send(final Socket socket, final int type, final byte[] payload)
            throws IOException {
        final ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
        frame.putInt(payload.length << 8 | type).put((byte) 0).putInt(0).put(payload);
        socket.getOutputStream().write(frame.array());
    }

    /** The next frame of a type. */
    private static Frame await(final DataInputStream in, final int type) throws IOException {
        while (true) {
            final int lengthAndType = in.readInt();
            in.readByte();
            in.readInt();
            final byte[] payload = new byte[lengthAndType >>> 8];
            in.readFully(payload);
            if ((lengthAndType & 0xff) == type) {
                return new Frame(type, payload);
            }
        }
    }

    private Socket connect(final String... flags) throws IOException {
        final ServerProcess server = servers.larch(flags).start();
        final Socket socket = new Socket(server.url().getHost(), server.url().getPort());
        socket.getOutputStream().write(PREFACE);
        send(socket, SETTINGS, new byte[0]);
        return socket;
    }

    @Test
    void shouldSayHowManyStreamsThereMayBe() throws IOException {
        try (Socket socket = connect("--max-concurrent-streams=77")) {
            final ByteBuffer settings =
                    ByteBuffer.wrap(
                            await(new DataInputStream(socket.getInputStream()), SETTINGS)
                                    .payload());
            long streams = -1;
            while (settings.hasRemaining()) {
                final int id = settings.getShort();
                final int value = settings.getInt();
                streams = id == MAX_CONCURRENT_STREAMS ? value : streams;
            }
            assertEquals(77, streams);
        }
    }

    @Test
    void shouldLeaveWhoPingsMoreOftenThanItMay() throws IOException {
        try (Socket socket = connect("--grpc-keepalive-min-time=1h")) {
            for (int i = 0; i < 4; i++) {
                send(socket, PING, new byte[8]);
            }
            final DataInputStream in = new DataInputStream(socket.getInputStream());
            final ByteBuffer parting = ByteBuffer.wrap(await(in, GOAWAY).payload());
            assertEquals(ENHANCE_YOUR_CALM, parting.getInt(Integer.BYTES));
            final String why = new String(parting.array(), StandardCharsets.US_ASCII);
            assertTrue(why.endsWith("too_many_pings"), why);
        }
    }

    @Test
    void shouldPingWhoIsSilentAndCloseWhoDoesNotAnswer() throws IOException {
        try (Socket socket =
                connect("--grpc-keepalive-interval=1s", "--grpc-keepalive-timeout=1s")) {
            final DataInputStream in = new DataInputStream(socket.getInputStream());
            await(in, PING);
            assertEquals(-1, in.read(), "and nothing more");
        }
    }
}
