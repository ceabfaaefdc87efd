package io.larch.tools.tls;

import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * Certificates that their authorities have called back. A list counts for the authority that made
 * it, which must be one of those trusted; unlike in etcd, which looks at the number alone. One that
 * is out of date goes on to count, as in etcd.
 */
final class RevokedCertificates {
    private final List<X509CRL> lists;

    private RevokedCertificates(final List<X509CRL> lists) {
        this.lists = lists;
    }

    /**
     * @param file empty: nothing is revoked.
     * @param authorities empty: not known, so that signatures cannot be checked.
     */
    static RevokedCertificates read(final String file, final List<X509Certificate> authorities)
            throws TlsFileException {
        if (file.isEmpty()) {
            return new RevokedCertificates(List.of());
        }
        final List<X509CRL> lists = PemFile.read(file).revocationLists();
        for (final X509CRL list : lists) {
            if (!authorities.isEmpty() && !isSignedByOne(list, authorities)) {
                throw new TlsFileException(
                        file
                                + ": revocation list of "
                                + list.getIssuerX500Principal()
                                + " is not signed by a trusted authority");
            }
        }
        return new RevokedCertificates(lists);
    }

    private static boolean isSignedByOne(
            final X509CRL list, final List<X509Certificate> authorities) {
        for (final X509Certificate authority : authorities) {
            if (authority.getSubjectX500Principal().equals(list.getIssuerX500Principal())) {
                try {
                    list.verify(authority.getPublicKey());
                    return true;
                } catch (final GeneralSecurityException e) {
                    // Perhaps another of the same name.
                    continue;
                }
            }
        }
        return false;
    }

    /**
     * @throws CertificateException in etcd's words when one of the chain is revoked.
     */
    void check(final X509Certificate[] chain) throws CertificateException {
        for (final X509Certificate certificate : chain) {
            for (final X509CRL list : lists) {
                if (list.isRevoked(certificate)) {
                    throw new CertificateException(
                            "transport: certificate serial "
                                    + certificate.getSerialNumber().toString(16)
                                    + " revoked");
                }
            }
        }
    }
}
