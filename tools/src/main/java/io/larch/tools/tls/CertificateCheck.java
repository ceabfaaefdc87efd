package io.larch.tools.tls;

import io.netty.handler.ssl.OpenSslCertificateException;
import io.netty.internal.tcnative.CertificateVerifier;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Decides whether the other side's certificate will do: signed by a trusted authority, valid now,
 * for its use and, of a server, for the host that was asked (all that the JDK's check does), not
 * revoked, and of who connects with the name that is allowed.
 *
 * <p>Threadsafe; runs outside of the event loops, where handshakes put it.
 */
final class CertificateCheck extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager chains;
    private final RevokedCertificates revoked;
    private final String allowedCn;
    private final String allowedHostname;
    private final TlsEngine engine;

    CertificateCheck(
            final X509ExtendedTrustManager chains,
            final RevokedCertificates revoked,
            final String allowedCn,
            final String allowedHostname,
            final TlsEngine engine) {
        this.chains = chains;
        this.revoked = revoked;
        this.allowedCn = allowedCn;
        this.allowedHostname = allowedHostname;
        this.engine = engine;
    }

    /** One way to look at a chain. */
    private interface Check {
        void run() throws CertificateException;
    }

    /** BoringSSL is told what to answer; it would call each refusal an error of its own. */
    private void check(final Check check) throws CertificateException {
        try {
            check.run();
        } catch (final CertificateException | RuntimeException e) {
            if (engine == TlsEngine.BORINGSSL) {
                throw new OpenSslCertificateException(
                        e.getMessage(), e, CertificateVerifier.X509_V_ERR_CERT_REJECTED);
            }
            throw e;
        }
    }

    @Override
    public void checkClientTrusted(
            final X509Certificate[] chain, final String authType, final SSLEngine sslEngine)
            throws CertificateException {
        check(
                () -> {
                    chains.checkClientTrusted(chain, authType, sslEngine);
                    checkClient(chain);
                });
    }

    @Override
    public void checkClientTrusted(
            final X509Certificate[] chain, final String authType, final Socket socket)
            throws CertificateException {
        check(
                () -> {
                    chains.checkClientTrusted(chain, authType, socket);
                    checkClient(chain);
                });
    }

    @Override
    public void checkClientTrusted(final X509Certificate[] chain, final String authType)
            throws CertificateException {
        check(
                () -> {
                    chains.checkClientTrusted(chain, authType);
                    checkClient(chain);
                });
    }

    @Override
    public void checkServerTrusted(
            final X509Certificate[] chain, final String authType, final SSLEngine sslEngine)
            throws CertificateException {
        check(
                () -> {
                    chains.checkServerTrusted(chain, authType, sslEngine);
                    revoked.check(chain);
                });
    }

    @Override
    public void checkServerTrusted(
            final X509Certificate[] chain, final String authType, final Socket socket)
            throws CertificateException {
        check(
                () -> {
                    chains.checkServerTrusted(chain, authType, socket);
                    revoked.check(chain);
                });
    }

    @Override
    public void checkServerTrusted(final X509Certificate[] chain, final String authType)
            throws CertificateException {
        check(
                () -> {
                    chains.checkServerTrusted(chain, authType);
                    revoked.check(chain);
                });
    }

    private void checkClient(final X509Certificate[] chain) throws CertificateException {
        revoked.check(chain);
        if (!allowedCn.isEmpty() && !allowedCn.equals(CertificateName.commonName(chain[0]))) {
            throw new CertificateException("CommonName authentication failed");
        }
        if (!allowedHostname.isEmpty() && !CertificateName.isFor(allowedHostname, chain[0])) {
            throw new CertificateException("client certificate authentication failed");
        }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return chains.getAcceptedIssuers();
    }
}
