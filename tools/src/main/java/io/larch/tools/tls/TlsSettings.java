package io.larch.tools.tls;

import java.util.ArrayList;
import java.util.List;

/**
 * What one side of a member, that of clients or that of peers, is told about TLS. Names of files
 * are as the operator wrote them; an empty one is not given.
 *
 * @param certFile certificate shown to the other side, with the authorities between in the same
 *     file.
 * @param keyFile its private key.
 * @param trustedCaFile authorities, one or many; empty: those of the system.
 * @param clientCertAuth whether who connects must show a certificate; so it must when authorities
 *     are given, as etcd 3 has it.
 * @param caFile etcd 2's older name for the two before together; both files may be given.
 * @param crlFile certificates that were called back, in one list or many.
 * @param allowedCn the one common name that who connects may have; empty: any.
 * @param allowedHostname the one host that the certificate of who connects may be for; empty: any.
 * @param cipherSuites of TLS 1.2, as Go and Java name them; empty: the usual.
 * @param minVersion the oldest that is spoken.
 * @param maxVersion the newest that is spoken.
 * @param isSelfSigned whether the certificate was made by the member itself, so that nobody can
 *     check it and nobody is checked.
 */
public record TlsSettings(
        String certFile,
        String keyFile,
        String trustedCaFile,
        boolean clientCertAuth,
        String caFile,
        String crlFile,
        String allowedCn,
        String allowedHostname,
        List<String> cipherSuites,
        TlsVersion minVersion,
        TlsVersion maxVersion,
        boolean isSelfSigned) {

    /** Nothing given. */
    public static final TlsSettings NONE = files("", "", "");

    /** Certificate, key and, unless empty, the authorities whose certificates are demanded. */
    public static TlsSettings files(
            final String certFile, final String keyFile, final String trustedCaFile) {
        return new TlsSettings(
                certFile,
                keyFile,
                trustedCaFile,
                false,
                "",
                "",
                "",
                "",
                List.of(),
                TlsVersion.TLS_1_2,
                TlsVersion.TLS_1_3,
                false);
    }

    /** The same with a certificate that the member made for itself. */
    public TlsSettings selfSigned(final String cert, final String key) {
        return new TlsSettings(
                cert,
                key,
                trustedCaFile,
                clientCertAuth,
                caFile,
                crlFile,
                allowedCn,
                allowedHostname,
                cipherSuites,
                minVersion,
                maxVersion,
                true);
    }

    /** Whether there is a certificate or a key, so that a listener may be meant. */
    public boolean hasCertificate() {
        return !certFile.isEmpty() || !keyFile.isEmpty();
    }

    /** Whether who connects must show a certificate. */
    public boolean demandsCertificates() {
        return clientCertAuth || !caFiles().isEmpty();
    }

    /** Files with authorities; none: those of the system. */
    List<String> caFiles() {
        return given(caFile, trustedCaFile);
    }

    /** All files that are read. */
    List<String> files() {
        return given(certFile, keyFile, caFile, trustedCaFile, crlFile);
    }

    private static List<String> given(final String... names) {
        final List<String> given = new ArrayList<>();
        for (final String name : names) {
            if (!name.isEmpty()) {
                given.add(name);
            }
        }
        return given;
    }

    /** For the log, in etcd's words. */
    @Override
    public String toString() {
        return "cert = %s, key = %s, ca = %s, trusted-ca = %s, client-cert-auth = %s, crl-file = %s"
                .formatted(certFile, keyFile, caFile, trustedCaFile, clientCertAuth, crlFile);
    }
}
