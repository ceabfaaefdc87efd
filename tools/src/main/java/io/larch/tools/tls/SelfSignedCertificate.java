package io.larch.tools.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/**
 * A certificate that a member makes for itself, at its first start, where etcd has it: {@code
 * cert.pem} and {@code key.pem} in a directory below its data. What is there is taken as it is and
 * never replaced.
 */
public final class SelfSignedCertificate {
    private static final int SERIAL_BITS = 128;

    private final Path cert;
    private final Path key;

    private SelfSignedCertificate(final Path directory) {
        this.cert = directory.resolve("cert.pem");
        this.key = directory.resolve("key.pem");
    }

    /**
     * The settings with such a certificate, made if it is not there.
     *
     * @param hosts names and addresses that it is for.
     * @param years how long a new one is valid.
     */
    public static TlsSettings add(
            final TlsSettings settings,
            final Path directory,
            final List<String> hosts,
            final int years)
            throws TlsFileException {
        final SelfSignedCertificate own = new SelfSignedCertificate(directory);
        if (own.isThere()) {
            return settings.selfSigned(own.cert.toString(), own.key.toString());
        }
        try {
            Files.createDirectories(directory);
            own.make(hosts, years);
        } catch (final IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new TlsFileException("cannot make " + own.cert + ": " + e.getMessage(), e);
        }
        return settings.selfSigned(own.cert.toString(), own.key.toString());
    }

    private boolean isThere() throws TlsFileException {
        final boolean hasCert = Files.exists(cert);
        if (hasCert != Files.exists(key)) {
            throw new TlsFileException(
                    (hasCert ? cert : key)
                            + " is there without "
                            + (hasCert ? key : cert)
                            + ": put that back, or remove both for new ones");
        }
        return hasCert;
    }

    private void make(final List<String> hosts, final int years)
            throws IOException, GeneralSecurityException, OperatorCreationException {
        final KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        final KeyPair pair = generator.generateKeyPair();
        // The key first: it is of no use to anybody without the certificate.
        write(key, "PRIVATE KEY", pair.getPrivate().getEncoded(), "rw-------");
        write(cert, "CERTIFICATE", certificate(pair, hosts, years).getEncoded(), "rw-r--r--");
    }

    private static X509CertificateHolder certificate(
            final KeyPair pair, final List<String> hosts, final int years)
            throws IOException, OperatorCreationException {
        final ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
        final X500Name self = new X500Name("O=larch");
        final JcaX509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                        self,
                        new BigInteger(SERIAL_BITS, new SecureRandom()),
                        Date.from(now.toInstant()),
                        Date.from(now.plusYears(years).toInstant()),
                        self,
                        pair.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(
                Extension.keyUsage,
                true,
                new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment));
        builder.addExtension(
                Extension.extendedKeyUsage,
                false,
                new ExtendedKeyUsage(
                        new KeyPurposeId[] {
                            KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                        }));
        if (!hosts.isEmpty()) {
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(
                            hosts.stream()
                                    .distinct()
                                    .map(SelfSignedCertificate::alternativeName)
                                    .toArray(GeneralName[]::new)));
        }
        return builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
    }

    private static GeneralName alternativeName(final String host) {
        final boolean isAddress = host.indexOf(':') >= 0 || host.matches("[0-9.]+");
        return new GeneralName(isAddress ? GeneralName.iPAddress : GeneralName.dNSName, host);
    }

    private static void write(
            final Path file, final String label, final byte[] der, final String permissions)
            throws IOException {
        final StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(new PemObject(label, der));
        }
        // Never another's: who comes second fails.
        try (var channel =
                Files.newByteChannel(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString(permissions)))) {
            channel.write(StandardCharsets.US_ASCII.encode(text.toString()));
        }
    }
}
