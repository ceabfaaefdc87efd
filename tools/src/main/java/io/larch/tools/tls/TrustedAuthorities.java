package io.larch.tools.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * The authorities whose certificates are believed.
 *
 * @param certificates empty: those that the Java machine knows.
 */
record TrustedAuthorities(List<X509Certificate> certificates) {
    static TrustedAuthorities read(final List<String> files) throws TlsFileException {
        final List<X509Certificate> all = new ArrayList<>();
        for (final String file : files) {
            all.addAll(PemFile.read(file).certificates());
        }
        return new TrustedAuthorities(List.copyOf(all));
    }

    /** Checks chains up to one of them. */
    X509ExtendedTrustManager chains() throws GeneralSecurityException {
        final TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(certificates.isEmpty() ? null : store());
        for (final TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager chains) {
                return chains;
            }
        }
        throw new GeneralSecurityException("the Java machine checks no certificates");
    }

    private KeyStore store() throws GeneralSecurityException {
        final KeyStore store = emptyStore();
        for (int i = 0; i < certificates.size(); i++) {
            store.setCertificateEntry("ca" + i, certificates.get(i));
        }
        return store;
    }

    static KeyStore emptyStore() throws GeneralSecurityException {
        final KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, null);
        } catch (final IOException e) {
            throw new GeneralSecurityException(e);
        }
        return store;
    }
}
