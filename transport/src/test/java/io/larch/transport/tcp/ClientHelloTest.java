package io.larch.transport.tcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.larch.transport.tcp.ClientHello.Finding;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.Test;

class ClientHelloTest {
    /** What a client of the JDK sends first. */
    private static ByteBuffer hello(final String... protocols) throws Exception {
        final SSLEngine engine = SSLContext.getDefault().createSSLEngine("localhost", 1);
        engine.setUseClientMode(true);
        final SSLParameters parameters = engine.getSSLParameters();
        parameters.setApplicationProtocols(protocols);
        engine.setSSLParameters(parameters);
        final ByteBuffer hello = ByteBuffer.allocate(2 * ClientHello.MAX_LENGTH);
        engine.wrap(ByteBuffer.allocate(0), hello);
        return hello;
    }

    private static Finding look(final ByteBuffer bytes) {
        return ClientHello.look(bytes, bytes.position(), TlsEngines.PROTOCOL);
    }

    @Test
    void shouldFindTheProtocolAmongThoseOffered() throws Exception {
        assertEquals(Finding.OFFERED, look(hello(TlsEngines.PROTOCOL)));
        assertEquals(Finding.OFFERED, look(hello("h2", "http/1.1", TlsEngines.PROTOCOL)));
        assertEquals(Finding.OTHER, look(hello("h2", "http/1.1")));
        assertEquals(Finding.OTHER, look(hello("larch-peer/12")));
        assertEquals(Finding.OTHER, look(hello()));
    }

    @Test
    void shouldWaitUntilAllOfItIsThere() throws Exception {
        final ByteBuffer hello = hello(TlsEngines.PROTOCOL);
        for (int length = 0; length < hello.position(); length++) {
            assertEquals(Finding.UNDECIDED, ClientHello.look(hello, length, TlsEngines.PROTOCOL));
        }
    }

    @Test
    void shouldNotTakeWhatIsNoClientHello() {
        for (final String text :
                new String[] {"GET / HTTP/1.1\r\n", "\u0016\u0003\u0001\uffff\uffff"}) {
            final ByteBuffer bytes =
                    ByteBuffer.allocate(64).put(text.getBytes(StandardCharsets.ISO_8859_1));
            assertNotEquals(Finding.OFFERED, look(bytes));
        }
    }

    @Test
    void shouldReadNothingOutsideOfADamagedOne() throws Exception {
        final Random random = new Random(11);
        final ByteBuffer good = hello("h2", TlsEngines.PROTOCOL);
        for (int i = 0; i < 20_000; i++) {
            final ByteBuffer bytes = ByteBuffer.allocate(good.position());
            bytes.put(good.array(), 0, good.position());
            for (int damage = random.nextInt(4); damage >= 0; damage--) {
                final int at =
                        i % 2 == 0 ? random.nextInt(bytes.capacity()) : 5 + random.nextInt(90);
                bytes.put(at, (byte) random.nextInt());
            }
            // No exception: that is all that can be said of it.
            look(bytes);
        }
    }
}
