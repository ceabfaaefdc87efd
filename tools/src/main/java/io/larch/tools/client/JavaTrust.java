package io.larch.tools.client;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts whom the Java machine trusts, whose authorities are read when the first server shows its
 * certificate, and not before: that takes as long as many a call by plain HTTP. For any thread.
 */
final class JavaTrust extends X509ExtendedTrustManager {
    private static final String OWN_KEYS = "javax.net.ssl.keyStore";

    private final KeyStore authorities;
    private X509ExtendedTrustManager trust;

    /**
     * @param authorities null: those of the Java machine.
     */
    JavaTrust(final KeyStore authorities) {
        this.authorities = authorities;
    }

    /** What an {@code HttpClient} would take by itself, but for the time that making it takes. */
    static SSLContext context() {
        try {
            if (System.getProperty(OWN_KEYS) != null) {
                return SSLContext.getDefault();
            }
            final SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new JavaTrust(null)}, null);
            return context;
        } catch (final GeneralSecurityException e) {
            throw new IllegalStateException("no TLS in this Java", e);
        }
    }

    private synchronized X509ExtendedTrustManager trust() throws CertificateException {
        if (trust == null) {
            try {
                trust = read();
            } catch (final GeneralSecurityException e) {
                throw new CertificateException(
                        "the authorities of this Java: " + e.getMessage(), e);
            }
        }
        return trust;
    }

    private X509ExtendedTrustManager read() throws GeneralSecurityException {
        final TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(authorities);
        for (final TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager extended) {
                return extended;
            }
        }
        throw new GeneralSecurityException("no trust manager for X.509");
    }

    @Override
    public void checkServerTrusted(
            final X509Certificate[] chain, final String type, final SSLEngine engine)
            throws CertificateException {
        trust().checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkServerTrusted(
            final X509Certificate[] chain, final String type, final Socket socket)
            throws CertificateException {
        trust().checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(final X509Certificate[] chain, final String type)
            throws CertificateException {
        trust().checkServerTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(
            final X509Certificate[] chain, final String type, final SSLEngine engine)
            throws CertificateException {
        trust().checkClientTrusted(chain, type, engine);
    }

    @Override
    public void checkClientTrusted(
            final X509Certificate[] chain, final String type, final Socket socket)
            throws CertificateException {
        trust().checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(final X509Certificate[] chain, final String type)
            throws CertificateException {
        trust().checkClientTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        try {
            return trust().getAcceptedIssuers();
        } catch (final CertificateException e) {
            return new X509Certificate[0];
        }
    }
}
