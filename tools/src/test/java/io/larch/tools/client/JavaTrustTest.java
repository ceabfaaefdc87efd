package io.larch.tools.client;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.larch.tools.tls.TestAuthority;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaTrustTest {
    @TempDir private Path directory;

    private TestAuthority authority;
    private X509Certificate[] chain;

    @BeforeEach
    void issue() throws Exception {
        authority = TestAuthority.create(directory, "authority");
        chain = new X509Certificate[] {authority.server("server").certificate()};
    }

    private static JavaTrust trusting(final X509Certificate certificate) throws Exception {
        final KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("a", certificate);
        return new JavaTrust(store);
    }

    @Test
    void shouldTrustItsAuthoritiesAndNoOther() throws Exception {
        final TestAuthority other = TestAuthority.create(directory, "other");

        assertDoesNotThrow(
                () -> trusting(authority.certificate()).checkServerTrusted(chain, "UNKNOWN"));
        assertThrows(
                CertificateException.class,
                () -> trusting(other.certificate()).checkServerTrusted(chain, "UNKNOWN"));
        assertThrows(
                CertificateException.class,
                () -> new JavaTrust(null).checkServerTrusted(chain, "UNKNOWN"));
    }

    @Test
    void shouldHaveTheParametersOfTheContextThatItStandsFor() throws Exception {
        final SSLParameters own = JavaTrust.context().getDefaultSSLParameters();
        final SSLParameters theirs = SSLContext.getDefault().getDefaultSSLParameters();

        assertArrayEquals(theirs.getProtocols(), own.getProtocols());
        assertArrayEquals(theirs.getCipherSuites(), own.getCipherSuites());
    }

    /** Without it any certificate of a known authority would do for any server. */
    @Test
    void shouldLookAtTheNameThatTheConnectionWants() throws Exception {
        final JavaTrust trust = trusting(authority.certificate());
        final SSLEngine engine = JavaTrust.context().createSSLEngine("elsewhere.example", 443);
        final SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);

        // No handshake is under way, whose peer could have a name.
        assertThrows(
                CertificateException.class,
                () -> trust.checkServerTrusted(chain, "UNKNOWN", engine));
    }
}
