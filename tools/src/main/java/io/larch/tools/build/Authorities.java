package io.larch.tools.build;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.HexFormat;

/**
 * Writes certificates of authorities, as a system has them in one file, as the file in which a Java
 * machine looks for those that it trusts. The same certificates make the same file.
 */
public final class Authorities {
    private Authorities() {}

    /**
     * Writes the file anew, without a password, if this Java machine is told so by {@code
     * -Dkeystore.pkcs12.certProtectionAlgorithm=NONE} and {@code macAlgorithm=NONE}.
     *
     * @param arguments the certificates, each in PEM, and the file to write.
     */
    public static void main(final String[] arguments) throws IOException, GeneralSecurityException {
        write(Path.of(arguments[0]), Path.of(arguments[1]));
    }

    static void write(final Path certificates, final Path store)
            throws IOException, GeneralSecurityException {
        final KeyStore authorities = KeyStore.getInstance("PKCS12");
        authorities.load(null, null);
        for (final Certificate certificate : read(certificates)) {
            authorities.setCertificateEntry(fingerprint(certificate), certificate);
        }
        try (OutputStream out = Files.newOutputStream(store)) {
            authorities.store(out, null);
        }
    }

    private static Collection<? extends Certificate> read(final Path file)
            throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            final Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (certificates.isEmpty()) {
                throw new IOException("no certificates in " + file);
            }
            return certificates;
        }
    }

    private static String fingerprint(final Certificate certificate)
            throws GeneralSecurityException {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    }
}
